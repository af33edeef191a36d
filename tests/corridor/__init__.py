"""Tests of the shipped Middle Corridor feed: that it is true to its sources and whole."""
