"""What may become of an amount in the compiled pricing."""

OK = 0
"""It is known."""

NONE = 1
"""There is none: no item, no declared value, no rate of exchange."""

UNFIT = 2
"""64 bits cannot hold it, or cannot decide its last place."""

MARKED = -1
"""In place of the number of things missing in a price: it is to be worked out one by one."""
