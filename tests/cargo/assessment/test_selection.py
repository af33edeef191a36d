"""Selection by chance: the same for everybody who has the seed, and for nobody without it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

import pytest
from scipy.stats import binom

from kervan.cargo.assessment.selection import (
    commitment_of,
    new_seed,
    read_seed,
    seed_of,
    select,
)
from kervan.cargo.reading import CargoError

DAY = date(2026, 12, 1)
SEEDS = [sha256(f"seed {n}".encode()).digest() for n in range(3)]
MANY = 5_000


def draws(seed: bytes, rate: str) -> list[bool]:
    share = Decimal(rate)
    return [select(seed, DAY, share, f"EX-2026-{n:06d}").is_selected for n in range(MANY)]


def within(count: int, chance: float) -> bool:
    """Return whether a count of many is one that chance alone gives but once in a million."""
    low, high = binom.ppf([5e-7, 1 - 5e-7], MANY, chance)
    return bool(low <= count <= high)


@pytest.mark.parametrize("seed", SEEDS, ids=range(3))
@pytest.mark.parametrize("rate", ["0.01", "0.05", "0.5"])
def test_as_many_are_selected_as_the_rate_says(seed: bytes, rate: str) -> None:
    assert within(sum(draws(seed, rate)), float(rate))


def test_the_same_seed_selects_the_same_again() -> None:
    assert draws(SEEDS[0], "0.05") == draws(SEEDS[0], "0.05")


def test_a_rate_of_none_selects_none_and_of_all_selects_all() -> None:
    assert not any(draws(SEEDS[0], "0"))
    assert all(draws(SEEDS[0], "1"))


def test_a_higher_rate_selects_what_its_own_draw_says() -> None:
    drawn = select(SEEDS[0], DAY, Decimal("0.3"), "EX-1")
    assert drawn.is_selected == (drawn.draw < 0.3)
    assert 0 <= drawn.draw < 1


def test_who_has_another_seed_does_no_better_than_guessing() -> None:
    """One bit of the seed flipped: agreement is that of two independent coins."""
    other = bytes([SEEDS[0][0] ^ 1, *SEEDS[0][1:]])
    agree = sum(a == b for a, b in zip(draws(SEEDS[0], "0.5"), draws(other, "0.5"), strict=True))
    assert within(agree, 0.5)


def test_one_consignment_says_nothing_of_the_next() -> None:
    drawn = draws(SEEDS[1], "0.5")
    agree = sum(a == b for a, b in zip(drawn, [*drawn[1:], drawn[0]], strict=True))
    assert within(agree, 0.5)


def test_the_commitment_binds_seed_day_and_rate() -> None:
    made = commitment_of(SEEDS[0], DAY, Decimal("0.05"))
    assert made != commitment_of(SEEDS[1], DAY, Decimal("0.05"))
    assert made != commitment_of(SEEDS[0], date(2026, 12, 2), Decimal("0.05"))
    assert made != commitment_of(SEEDS[0], DAY, Decimal("0.06"))
    assert made == commitment_of(SEEDS[0], DAY, Decimal("0.050"))


def test_the_draw_is_the_hmac_that_the_page_describes() -> None:
    import hmac

    commitment = sha256(b"kervan selection\n2026-12-01\n0.05\n" + SEEDS[0]).hexdigest()
    digest = hmac.digest(SEEDS[0], f"{commitment}\nEX-1".encode(), "sha256")
    drawn = select(SEEDS[0], DAY, Decimal("0.05"), "EX-1")
    assert drawn.commitment == commitment
    assert drawn.draw == int.from_bytes(digest[:8], "big") / 2**64


def test_what_is_no_seed_or_rate_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CargoError, match="32"):
        commitment_of(b"short", DAY, Decimal("0.05"))
    with pytest.raises(CargoError, match="from 0 to 1"):
        commitment_of(SEEDS[0], DAY, Decimal("1.5"))
    with pytest.raises(CargoError, match="64 hexadecimal digits"):
        seed_of("monday")
    with pytest.raises(CargoError, match="cannot be read"):
        read_seed(tmp_path / "gone")
    path = tmp_path / "seed"
    path.write_text(SEEDS[0].hex() + "\n")
    assert read_seed(path) == SEEDS[0]


def test_new_seeds_differ() -> None:
    assert len({new_seed() for _ in range(10)}) == 10
