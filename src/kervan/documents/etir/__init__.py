"""Advance data of a TIR transport, for the eTIR procedure (TIR Convention, annex 11).

The XSDs of UNECE's eTIR messages and the message tables of its technical specifications (version
4.3, ECE/TRANS/WP.30/AC.2/2022/14) could not be had. So this is **not** a message that an eTIR
system takes. It holds what advance TIR data are about (holder, guarantee, customs offices and
itinerary, vehicles, containers and seals, parties, goods) in a schema of our own; its element names
lean on those of the WCO Data Model, which UNECE says its schemas use, but were not held against
them. It serves to hand the data set to whoever lodges it and to read it back, until the published
schemas can be put in its place.
"""
