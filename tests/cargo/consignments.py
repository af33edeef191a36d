"""Consignments made by chance, sound in form and sense, with every element now and then.

One seed gives one consignment, so that ten thousand are quick to make and any of them can be had
again; hypothesis draws the seed.
"""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from kervan.cargo.consignment import Consignment

_LETTERS = {c: v for v, c in enumerate("0123456789A?BCDEFGHIJK?LMNOPQRSTU?VWXYZ") if c != "?"}

LATIN = ["Anadolu", "Çınar", "Əliyev", "Şirvan", "Müller", "Łódź", "O'Neill", "Ñandú", "Co."]
LATIN += ["&", "<Ltd>", '"A/B"', "1:2", "+7", "?", "*", "'", "~", "^"]
CYRILLIC = ["Груз", "Контейнер", "Алматы", "Қазақстан", "Бабақұм", "Ўзбекистон", "Ёлка"]
OTHER = {
    "ka": ["საქართველო", "თბილისი"],
    "zh": ["西安", "集装箱", "货物"],
    "tr": ["İstanbul", "ığdır"],
}
# code, a word of its description
COMMODITIES = [
    ("850760", "Lithium-ion accumulators"),
    ("320890", "Paints and varnishes"),
    ("841430", "Compressors for refrigerating equipment"),
    ("392690", "Articles of plastics"),
    ("731815", "Screws and bolts of iron or steel"),
    ("520100", "Cotton, not carded or combed"),
    ("080212", "Almonds, shelled"),
    ("260300", "Copper ores and concentrates"),
]
SUBSTANCES = [
    ("3480", "LITHIUM ION BATTERIES", "9", None),
    ("1263", "PAINT", "3", "III"),
    ("1203", "GASOLINE", "3", "II"),
    ("1805", "PHOSPHORIC ACID SOLUTION", "8", "III"),
    ("3077", "ENVIRONMENTALLY HAZARDOUS SUBSTANCE, SOLID, N.O.S.", "9", "III"),
]
PACKAGES = ["CT", "PX", "DR", "CS", "BX", "BG", "BE"]
PLACES = [
    ("CNXIY", "Xi'an", "CN"),
    ("KZ-ALTYNKOL", "Altynkol", "KZ"),
    ("KZAAU", "Aktau", "KZ"),
    ("AZ-ALAT", "Alat", "AZ"),
    ("GEPTI", "Poti", "GE"),
    ("TRIST", "Istanbul", "TR"),
    ("ROCND", "Constanta", "RO"),
    ("UZTAS", "Tashkent", "UZ"),
]
CARRIERS = ["CR", "KTZ", "ASCO", "ADY", "GR", "TCDDT", "CFR", "UTY"]


def container_number(rng: random.Random, owner: str = "KRVU") -> str:
    """Return a number with the check digit of ISO 6346, annex A."""
    stem = f"{owner}{rng.randrange(10**6):06d}"
    total = sum(_LETTERS[c] * 2**i for i, c in enumerate(stem))
    return stem + str(total % 11 % 10)


def wagon_number(rng: random.Random, digits: int) -> str:
    """Return a wagon number of 8 or 12 digits with its check digit (modulo 10, UIC 438-2)."""
    stem = "".join(rng.choice("123456789") for _ in range(digits - 1))
    total = 0
    for position, digit in enumerate(reversed(stem)):
        total += sum(divmod(int(digit) * (2 if position % 2 == 0 else 1), 10))
    return stem + str(-total % 10)


def identifier(rng: random.Random, scheme: str, country: str) -> str:
    """Return a number that a register of this kind could have given."""
    serial = "".join(rng.choice("0123456789") for _ in range(9))
    if scheme == "EORI":
        return country + serial
    if scheme == "BIN":
        while True:
            stem = [int(d) for d in f"{rng.randrange(10**11):011d}"]
            rest = sum(w * d for w, d in enumerate(stem, start=1)) % 11
            if rest < 10:
                return "".join(map(str, [*stem, rest]))
    return serial


def guarantee_reference(rng: random.Random) -> str:
    """Return a GRN with its check digit."""
    stem = f"26GE{rng.randrange(10**12):012d}"
    total = sum(_LETTERS[c] * 2**i for i, c in enumerate(stem))
    return stem + str(total % 11 % 10)


def random_consignment(seed: int, *, scripts: bool = True) -> Consignment:
    """Return the consignment of a seed; without ``scripts``, in Latin letters alone."""
    return Consignment.model_validate(_Dice(seed, scripts).consignment())


def consignments(*, scripts: bool = True) -> st.SearchStrategy[Consignment]:
    """Return a strategy of consignments."""
    return st.integers(0, 2**32 - 1).map(lambda seed: random_consignment(seed, scripts=scripts))


class _Dice:
    def __init__(self, seed: int, scripts: bool) -> None:
        self.rng = random.Random(seed)
        self.scripts = scripts

    def maybe(self, make: Any, chance: float = 0.6) -> Any:
        return make() if self.rng.random() < chance else None

    def words(self, most: int = 4) -> str:
        return " ".join(self.rng.choice(LATIN) for _ in range(self.rng.randint(1, most)))

    def code(self, length: int = 10) -> str:
        return "".join(self.rng.choice("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789") for _ in range(length))

    def translations(self) -> dict[str, str]:
        found = {}
        if self.scripts:
            if self.rng.random() < 0.5:
                found["ru"] = " ".join(self.rng.choices(CYRILLIC, k=2))
            for language, words in OTHER.items():
                if self.rng.random() < 0.2:
                    found[language] = self.rng.choice(words)
        return found

    def kg(self, low: int, high: int) -> Decimal:
        places = self.rng.choice([0, 0, 1, 3])
        return Decimal(self.rng.randint(low * 10**places, high * 10**places)).scaleb(-places)

    def day(self) -> date:
        return date(2026, 1, 1) + timedelta(days=self.rng.randrange(365))

    def moment(self) -> datetime:
        zone = self.rng.choice([UTC, timezone(timedelta(hours=5)), timezone(timedelta(hours=4))])
        return datetime(2026, 1, 1, tzinfo=zone) + timedelta(minutes=self.rng.randrange(525_600))

    def party(self) -> dict[str, Any]:
        country = self.rng.choice(PLACES)[2]
        return {
            "name": self.words(),
            "name_in": self.translations(),
            "identifiers": [
                {
                    "scheme": scheme,
                    "value": identifier(self.rng, scheme, country),
                    "country": self.maybe(lambda: country),
                }
                for scheme in self.rng.sample(
                    ["EORI", "TIN", "BIN", "SMGS"], self.rng.randint(0, 2)
                )
            ],
            "address": self.maybe(
                lambda: {
                    "street": self.words(),
                    "city": self.words(1),
                    "postcode": self.maybe(lambda: f"{self.rng.randrange(10**6):06d}"),
                    "region": self.maybe(lambda: self.words(1), 0.2),
                    "country": country,
                    "street_in": self.translations(),
                    "city_in": self.translations(),
                }
            ),
            "contact": self.maybe(
                lambda: {
                    "name": self.maybe(self.words),
                    "phone": f"+7{self.rng.randrange(10**10):010d}",
                    "email": self.maybe(lambda: f"{self.code(5).lower()}@example.com"),
                }
            ),
            "authorisations": [
                {"kind": "AEO", "number": self.code(), "country": country}
                for _ in range(self.rng.choice([0, 0, 0, 1]))
            ],
        }

    def place(self) -> dict[str, Any]:
        place_id, name, country = self.rng.choice(PLACES)
        return {
            "place_id": place_id,
            "name": self.maybe(lambda: name, 0.9),
            "name_in": self.translations(),
            "country": self.maybe(lambda: country, 0.9),
            "station_code": self.maybe(lambda: f"{self.rng.randrange(10**6):06d}", 0.4),
            "terminal": self.maybe(lambda: self.words(2), 0.2),
        }

    def units(self) -> list[dict[str, Any]]:
        numbers = {container_number(self.rng) for _ in range(self.rng.randint(1, 3))}
        return [
            {
                "number": number,
                "size_type": (size_type := self.rng.choice(["22G1", "42G1", "45G1", "45R1"])),
                "tare_kg": self.maybe(lambda: self.kg(2200, 3900)),
                "max_gross_kg": self.maybe(lambda: Decimal(36_000)),
                "seals": [
                    {
                        "number": self.code(8),
                        "affixed_by": self.rng.choice(["consignor", "carrier", "customs"]),
                        "affixed_at": self.maybe(self.moment, 0.3),
                    }
                    for _ in range(self.rng.randint(0, 2))
                ],
                "temperature_c": self.kg(0, 8) if size_type == "45R1" else None,
                "overhang": self.maybe(lambda: {"left_cm": 10, "top_cm": 25}, 0.05),
                "owner": self.maybe(self.words, 0.3),
                "shipper_owned": self.rng.random() < 0.2,
                # Of the number, so that the seeds give what they gave before.
                "registration_country": "CHDE"[int(number[-1]) % 2 * 2 :][:2],
            }
            for number in sorted(numbers)
        ]

    def goods(self, number: int, units: list[dict[str, Any]]) -> dict[str, Any]:
        hs_code, description = self.rng.choice(COMMODITIES)
        kinds = self.rng.sample(PACKAGES, self.rng.choice([1, 1, 2]))
        packages = [
            {"kind": k, "count": self.rng.randint(1, 400), "marks": self.maybe(self.words, 0.4)}
            for k in kinds
        ]
        gross = self.kg(100, 2_000)
        unit = self.rng.choice(units)
        return {
            "number": number,
            "hs_code": hs_code,
            "national_codes": [
                {"territory": "EAEU", "code": hs_code + f"{self.rng.randrange(10**4):04d}"}
                for _ in range(self.rng.choice([0, 1]))
            ],
            "nhm_code": self.maybe(lambda: hs_code + "00"),
            "description": description,
            "description_in": self.translations(),
            "packages": packages,
            "gross_mass_kg": gross,
            "net_mass_kg": self.maybe(lambda: (gross * Decimal("0.9")).quantize(Decimal("0.001"))),
            "volume_m3": self.maybe(lambda: self.kg(1, 9)),
            "supplementary_quantity": self.maybe(lambda: self.kg(1, 99), 0.2),
            "supplementary_unit": None,
            "value": self.maybe(
                lambda: {"value": self.kg(100, 99_999).quantize(Decimal("0.01")), "currency": "USD"}
            ),
            "origin_country": self.maybe(lambda: self.rng.choice(["CN", "KZ", "UZ", "TR"])),
            "dangerous_goods": [
                self.substance(gross) for _ in range(self.rng.choice([0, 0, 0, 1]))
            ],
            "stowage": [
                {
                    "equipment_number": unit["number"],
                    "packages": sum(p["count"] for p in packages),
                    "gross_mass_kg": gross,
                }
            ],
            "remarks": self.maybe(self.words, 0.1),
        }

    def substance(self, gross: Decimal) -> dict[str, Any]:
        un_number, name, hazard, group = self.rng.choice(SUBSTANCES)
        return {
            "un_number": un_number,
            "proper_shipping_name": name,
            "technical_name": "zinc oxide" if "N.O.S." in name else None,
            "hazard_class": hazard,
            "packing_group": group,
            "limited_quantity": self.rng.random() < 0.1,
            "marine_pollutant": un_number == "3077",
            "flash_point_c": Decimal(30) if hazard == "3" else None,
            "net_mass_kg": self.maybe(lambda: (gross / 2).quantize(Decimal("0.001"))),
            "emergency_contact": self.maybe(lambda: "+74950000000"),
        }

    def movements(self) -> list[dict[str, Any]]:
        count = self.rng.randint(1, 4)
        way = [self.place() for _ in range(count + 1)]
        when = self.moment()
        found = []
        for number in range(1, count + 1):
            departs, when = when, when + timedelta(hours=self.rng.randint(5, 90))
            mode = self.rng.choice(["rail", "rail", "sea", "ferry", "road"])
            found.append(
                {
                    "number": number,
                    "mode": mode,
                    "carrier_id": self.rng.choice(CARRIERS),
                    "means": self.maybe(
                        lambda mode=mode: {
                            "identity": "9000003" if mode in ("sea", "ferry") else self.code(6),
                            "name": self.words(2) if mode in ("sea", "ferry") else None,
                            "voyage": self.code(4) if mode in ("sea", "ferry") else None,
                            "nationality": self.maybe(lambda: "AZ"),
                        }
                    ),
                    "origin": way[number - 1],
                    "destination": way[number],
                    "departs": departs,
                    "arrives": when,
                }
            )
            when += timedelta(hours=self.rng.randint(1, 40))
        return found

    def procedure(self, number: int) -> dict[str, Any]:
        offices = {
            "office_of_departure": {"reference": "GE000001", "country": "GE"},
            "offices_of_transit": [
                {"reference": "TR360100", "country": "TR", "arrives": self.maybe(self.moment)}
            ],
            "office_of_destination": {"reference": "TR341200", "country": "TR"},
        }
        return {
            "number": number,
            "territory": "GE",
            "regime": "common_transit",
            "declaration_type": self.rng.choice(["T1", "T2"]),
            "additional_declaration_type": self.rng.choice(["A", "D"]),
            "security": self.rng.choice(["0", "1", "2", "3"]),
            "reduced_dataset": self.rng.random() < 0.1,
            "binding_itinerary": self.rng.random() < 0.1,
            "lrn": self.code(12),
            **offices,
            "countries_of_routing": ["GE", "TR"],
            "holder": self.party(),
            "limit_date": self.maybe(self.day),
            "guarantees": [
                {
                    "kind": "1",
                    "reference": guarantee_reference(self.rng),
                    "access_code": self.code(4),
                    "amount": self.kg(1, 90_000).quantize(Decimal("0.01")),
                    "currency": "EUR",
                }
            ],
            "border_mode": "2",
        }

    def consignment(self) -> dict[str, Any]:
        units = self.units()
        movements = self.movements()
        on_rails = [m["number"] for m in movements if m["mode"] in ("rail", "ferry")]
        carriers = list(dict.fromkeys(m["carrier_id"] for m in movements))
        goods = [self.goods(n, units) for n in range(1, self.rng.randint(1, 5) + 1)]
        return {
            "reference": f"EX-{self.code(8)}",
            "issued_on": self.maybe(self.day),
            "issued_at": self.maybe(self.place),
            "consignor": self.party(),
            "consignee": self.party(),
            "notify_parties": [self.party() for _ in range(self.rng.choice([0, 1]))],
            "other_parties": [
                {"role": role, "party": self.party()}
                for role in self.rng.sample(["forwarder", "freight_payer"], self.rng.randint(0, 2))
            ],
            "carriers": [
                {
                    "carrier_id": carrier,
                    "party": self.maybe(self.party),
                    "railway_code": self.maybe(lambda: f"{self.rng.randrange(10**4):04d}"),
                    "contractual": position == 0,
                }
                for position, carrier in enumerate(carriers)
            ],
            "acceptance": movements[0]["origin"],
            "delivery": movements[-1]["destination"],
            "movements": movements,
            "equipment": units,
            "wagons": [
                {
                    "number": wagon_number(self.rng, self.rng.choice([8, 12])),
                    "keeper": self.maybe(self.words, 0.5),
                    "provided_by": self.rng.choice(["carrier", "consignor"]),
                    "load_limit_kg": Decimal(68_000),
                    "tare_kg": self.maybe(lambda: Decimal(22_000)),
                    "axles": 4,
                    "movement": self.rng.choice(on_rails) if on_rails else None,
                    "equipment_numbers": [unit["number"]],
                    "registration_country": "KZ",
                }
                for unit in units[: self.rng.randint(0, 2)]
            ],
            "goods_items": goods,
            "procedures": [self.procedure(1)] if self.rng.random() < 0.7 else [],
            "documents": [
                {
                    "kind": kind,
                    "role": role,
                    "number": self.code(9),
                    "issued": self.maybe(self.day),
                    "issuer": self.maybe(self.words, 0.3),
                    "items": self.rng.choice([[], [1]]),
                }
                for kind, role in (("380", "supporting"), ("722", "transport"))
            ],
            "remarks": [
                {"kind": kind, "text": self.words()}
                for kind in self.rng.sample(["general", "handling", "consignor_statement"], 1)
            ],
            "payments": [
                {"carrier_id": carriers[0], "payer": self.words(), "payer_code": self.code(6)}
            ],
            "incoterm": self.maybe(lambda: self.rng.choice(["FCA", "CPT", "DAP", "FOB"])),
            "incoterm_place": self.maybe(self.words),
            "payment_method": self.maybe(lambda: self.rng.choice(["prepaid", "collect"])),
        }
