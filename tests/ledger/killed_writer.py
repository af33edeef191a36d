"""A process that books until it is killed: prints each booking once it is acknowledged.

``python -m tests.ledger.killed_writer ADDRESS KEY FIRST`` with a forwarder's key and a number from
which bookings are counted.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from itertools import count
from pathlib import Path

from kervan.ledger import Statement, connect, read_key, sign, write
from tests.ledger.desk import NOON


def main(address: str, key_path: str, first: str) -> None:
    """Book the offers in turn, confirming some and cancelling others."""
    engine, key = connect(address), read_key(Path(key_path))
    for number in count(int(first)):
        moment = NOON + timedelta(seconds=number)
        booking = f"B{number}"
        said = {"offer_id": ("through", "train-only")[number % 2], "waitlist": number % 3 == 0}
        steps = [("booking.accept", said), (("booking.confirm", "booking.cancel")[number % 2], {})]
        for kind, payload in steps:
            name = f"{kind} {booking}"
            entry = Statement(name, "fwd-a", kind, booking, moment, payload)
            receipt = write(engine, sign(entry, key), moment)
            print(f"{name}\t{receipt.outcome['status']}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
