"""The compiled core: searches over the network's arrays, compiled by numba and kept on disk.

Nothing here allocates Python objects or knows a place's name. Every function is a plain loop that
reads the same uncompiled.
"""
