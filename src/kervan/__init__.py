"""Run and plan multimodal freight corridors.

>>> import kervan
>>> corridor = kervan.read_feed()
>>> quote = corridor.quote("CNXIY", "TRIST", equipment="45G1", ready="2026-12-01")
"""

from kervan.corridor import Corridor, read_feed
from kervan.errors import FeedError, InvalidRequestError, KervanError, NoItineraryError

__version__ = "0.1.0"

__all__ = [
    "Corridor",
    "FeedError",
    "InvalidRequestError",
    "KervanError",
    "NoItineraryError",
    "__version__",
    "read_feed",
]
