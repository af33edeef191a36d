"""Measurements of Kervan against others that answer the same question."""
