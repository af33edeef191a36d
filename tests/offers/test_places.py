"""A place is found by code, by name in any script, and by what is almost its name."""

from __future__ import annotations

import pytest

from kervan import read_feed
from kervan.offers.places import AmbiguousPlaceError, UnknownPlaceError, find_place

PLACES = read_feed().feed.places


@pytest.mark.parametrize(
    ("text", "place_id"),
    [
        ("CNXIY", "CNXIY"),
        ("cn xiy", "CNXIY"),
        ("kz-altynkol", "KZ-ALTYNKOL"),
        ("Istanbul", "TRIST"),
        ("istambul", "TRIST"),
        ("İSTANBUL", "TRIST"),
        ("xian", "CNXIY"),
        ("Xi’an", "CNXIY"),
        ("西安", "CNXIY"),
        ("Сиань", "CNXIY"),
        ("Alma-Ata", "KZALA"),
        ("Toshkent", "UZTAS"),
        ("Constanța", "ROCND"),
        ("Türkmenbaşy", "TMKRW"),
        ("Duisberg", "DEDUI"),
        ("Aktau, KZ", "KZAAU"),
    ],
)
def test_what_is_written_is_understood(text: str, place_id: str) -> None:
    assert find_place(PLACES, text).place_id == place_id


def test_every_place_is_found_by_its_code() -> None:
    for place in PLACES:
        assert find_place(PLACES, place.place_id) is place


def test_a_name_of_two_places_is_asked_about() -> None:
    with pytest.raises(AmbiguousPlaceError, match="Give the code") as caught:
        find_place(PLACES, "Khorgos")
    assert {c.place.place_id for c in caught.value.candidates} == {"CNHRS", "KZ-ALTYNKOL"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "empty"),
        ("Atlantis", "no place of this corridor"),
        ("Georgia", "Did you mean"),
        ("TRIZM", "In TR it has"),
        ("XXXXX", "lists all of them"),
        ("al", "no place|may be"),
        ("💥", "no place of this corridor"),
        ("x" * 10_000, "no place of this corridor"),
    ],
)
def test_what_is_no_place_is_told_in_a_sentence(text: str, said: str) -> None:
    with pytest.raises(UnknownPlaceError, match=said):
        find_place(PLACES, text)
