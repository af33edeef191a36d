"""Random selection for control that anyone can verify afterwards.

In the morning the office makes a seed of 32 random bytes, keeps it, and publishes the
*commitment*: a digest of the seed, the day and the rate. During the day a consignment is selected
where an HMAC of the commitment and its reference, keyed with the seed, falls below the rate. In
the evening the seed is published: whoever holds a reference can check that the seed is the one
committed to, and that the consignment was selected, or not, by it alone. Nobody without the seed
can tell beforehand, as HMAC-SHA-256 is a pseudo-random function (RFC 2104; FIPS 198-1); the office
cannot choose either, as long as the commitment is published before references are known.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from kervan.cargo.reading import CargoError

SEED_BYTES = 32
"""Length of a seed; shorter ones could be guessed from the commitment by trying all."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Whether a consignment is selected, with what proves it.

    Attributes
    ----------
    is_selected
        Whether it is.
    day, rate, reference
        Of which day, with which chance, for which consignment.
    commitment
        What was published before, in hexadecimal.
    draw
        The number drawn, from 0 to below 1; selected where it is below the rate.
    """

    is_selected: bool
    day: date
    rate: Decimal
    reference: str
    commitment: str
    draw: float


def new_seed() -> bytes:
    """Return a seed from the operating system's source of randomness."""
    return secrets.token_bytes(SEED_BYTES)


def commitment_of(seed: bytes, day: date, rate: Decimal) -> str:
    """Return what is published in the morning, in hexadecimal.

    Raises
    ------
    CargoError
        If the seed is not of 32 bytes, or the rate not from 0 to 1.
    """
    if len(seed) != SEED_BYTES:
        raise CargoError(
            f"The seed has {len(seed)} bytes; expected {SEED_BYTES}, written as "
            f"{SEED_BYTES * 2} hexadecimal digits. `kervan customs seed` makes one."
        )
    if not 0 <= rate <= 1:
        raise CargoError(f"The rate {rate} is no share: expected a number from 0 to 1.")
    content = f"kervan selection\n{day.isoformat()}\n{_plain(rate)}\n".encode() + seed
    return hashlib.sha256(content).hexdigest()


def select(seed: bytes, day: date, rate: Decimal, reference: str) -> Selection:
    """Return whether the consignment of a reference is selected.

    Raises
    ------
    CargoError
        If the seed is not of 32 bytes, or the rate not from 0 to 1.
    """
    commitment = commitment_of(seed, day, rate)
    digest = hmac.new(seed, f"{commitment}\n{reference}".encode(), hashlib.sha256).digest()
    # Whole numbers, so that rates are exact: 0 selects none and 1 all.
    drawn = int.from_bytes(digest[:8], "big")
    part, whole = rate.as_integer_ratio()
    return Selection(drawn * whole < part << 64, day, rate, reference, commitment, drawn / 2**64)


def read_seed(path: Path) -> bytes:
    """Read a seed from a file of 64 hexadecimal digits.

    Raises
    ------
    CargoError
        If it holds none.
    """
    try:
        text = path.read_text("ascii").strip() if path.stat().st_size < 4_096 else ""
    except (OSError, UnicodeDecodeError) as error:
        raise CargoError(f"The seed in {path} cannot be read: {error}.") from None
    return seed_of(text)


def seed_of(text: str) -> bytes:
    """Return the seed written as hexadecimal digits.

    Raises
    ------
    CargoError
        If it is none.
    """
    if not re.fullmatch(rf"[0-9a-fA-F]{{{SEED_BYTES * 2}}}", text):
        raise CargoError(
            f"'{text[:20]}' is no seed: expected {SEED_BYTES * 2} hexadecimal digits, as "
            "`kervan customs seed` writes them."
        )
    return bytes.fromhex(text)


def _plain(rate: Decimal) -> str:
    # 0.05 and 0.050 are one rate and must give one commitment.
    return f"{rate.normalize():f}"
