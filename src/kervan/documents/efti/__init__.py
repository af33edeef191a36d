"""The electronic freight transport information of Regulation (EU) 2020/1056 (eFTI).

The data sets are those of the reference implementation of the EFTI4EU project, version 0.5 of its
schemas (Apache-2.0), which follow the UN/CEFACT Multi-Modal Transport reference data model:

- :mod:`common`: the common data set, a consignment out and in;
- :mod:`identifiers`: the identifier subset, by which authorities find a consignment;
- :mod:`gate`: what gates and platforms ask each other, answered from a collection of consignments.
"""
