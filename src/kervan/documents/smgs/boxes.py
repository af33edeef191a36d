"""Which elements of a consignment stand in which box, on each of the two notes.

The table is the structure of the notes as XML and JSON (``smgs.v1``): a document is a list of
boxes, and a box holds the elements named here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Form = Literal["smgs", "cim-smgs"]

SCHEMA = "smgs.v1"

HEAD = ("reference", "version")
"""Elements that stand before the boxes."""

BOXES: Mapping[Form, Mapping[str, tuple[str, ...]]] = {
    "smgs": {
        "1": ("consignor",),
        "2": ("acceptance",),
        "3": ("remarks",),
        "4": ("consignee",),
        "5": ("delivery",),
        "7": ("wagons",),
        "15": ("goods_items", "equipment"),
        "19": ("seal_changes",),
        "22": ("carriers", "movements"),
        "23": ("payments", "payment_method"),
        "24": ("documents",),
        "25": ("incoterm", "incoterm_place"),
        "26": ("issued_on", "issued_at"),
        "28": ("procedures",),
    },
    "cim-smgs": {
        "1": ("consignor",),
        "4": ("consignee",),
        "7": ("remarks",),
        "9": ("documents",),
        "10": ("delivery",),
        "13": ("incoterm", "incoterm_place"),
        "16": ("acceptance",),
        "18": ("payments", "payment_method"),
        "19": ("wagons",),
        "20": ("goods_items", "equipment", "seal_changes"),
        "26": ("procedures",),
        "28": ("issued_on", "issued_at"),
        "65": ("carriers", "movements"),
    },
}
"""Elements by form and number of the box."""

CARRIES = frozenset(
    {
        "format",
        "reference",
        "version",
        "issued_on",
        "issued_at",
        "consignor",
        "consignee",
        "carriers",
        "acceptance",
        "delivery",
        "movements",
        "equipment",
        "wagons",
        "seal_changes",
        *(
            f"goods_items.{name}"
            for name in (
                "number",
                "hs_code",
                "national_codes",
                "nhm_code",
                "cus_code",
                "description",
                "description_in",
                "packages",
                "gross_mass_kg",
                "net_mass_kg",
                "volume_m3",
                "supplementary_quantity",
                "supplementary_unit",
                "origin_country",
                "dangerous_goods",
                "stowage",
                "remarks",
            )
        ),
        *(
            f"procedures.{name}"
            for name in (
                "number",
                "territory",
                "regime",
                "declaration_type",
                "lrn",
                "mrn",
            )
        ),
        "documents",
        "remarks",
        "payments",
        "incoterm",
        "incoterm_place",
        "payment_method",
    }
)
"""All but the price of the goods, who is notified, and what customs alone is told (guarantees)."""
