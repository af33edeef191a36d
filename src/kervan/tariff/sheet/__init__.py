"""Tariff sheets: many prices at once, published, compared and checked.

``compiled`` turns a tariff into arrays and prices any number of ways and shipments (``scaled``,
``arrays``, ``spans``, ``units``, ``work`` and ``kernel`` are its parts); ``matrix`` makes the sheet
of them, ``columns`` and ``write`` its files; ``diff`` and ``check`` look at what a tariff has
become and at what is wrong with it.
"""
