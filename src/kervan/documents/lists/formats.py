"""The two lists as formats: the port manifest, and the wagon and container list."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kervan.cargo.consignment import Consignment
from kervan.documents.format import Format
from kervan.documents.lists.headings import headings
from kervan.documents.lists.reading import read_one
from kervan.documents.lists.writing import MANIFEST as MANIFEST_LAYOUT
from kervan.documents.lists.writing import WAGON_LIST as WAGON_LAYOUT
from kervan.documents.lists.writing import write_list

_PLACE = ("place_id", "name", "station_code")
CARRIES: frozenset[str] = frozenset(
    {
        "reference",
        "consignor.name",
        "consignee.name",
        "equipment.number",
        "equipment.size_type",
        "equipment.tare_kg",
        "equipment.seals.number",
        "goods_items.number",
        "goods_items.hs_code",
        "goods_items.nhm_code",
        "goods_items.description",
        "goods_items.packages.kind",
        "goods_items.packages.count",
        "goods_items.gross_mass_kg",
        "goods_items.net_mass_kg",
        "goods_items.volume_m3",
        "goods_items.stowage",
        "goods_items.dangerous_goods.un_number",
        "goods_items.dangerous_goods.hazard_class",
        *(f"{name}.{field}" for name in ("acceptance", "delivery") for field in _PLACE),
    }
)
WAGONS_CARRIED = frozenset(
    {
        "wagons.number",
        "wagons.movement",
        "wagons.tare_kg",
        "wagons.load_limit_kg",
        "wagons.equipment_numbers",
    }
)


def render_manifest(consignment: Consignment, *, language: str = "en", form: str = "xlsx") -> bytes:
    """Return a manifest of one consignment, as workbook or CSV.

    Parameters
    ----------
    language
        Of the headings: ``en``, ``ru``, ``tr`` or ``zh``.
    form
        ``xlsx`` or ``csv``.

    Raises
    ------
    DocumentError
        If a list cannot say something of it.
    """
    return write_list([consignment], MANIFEST_LAYOUT, language=language, form=form)


def render_manifests(
    consignments: Iterable[Consignment], *, language: str = "en", form: str = "xlsx"
) -> bytes:
    """Return one manifest of many consignments, as `render_manifest` one."""
    return write_list(consignments, MANIFEST_LAYOUT, language=language, form=form)


def render_wagon_list(
    consignment: Consignment, *, language: str = "ru", form: str = "xlsx"
) -> bytes:
    """Return the wagons of a consignment with what stands on them, as `render_manifest`."""
    return write_list([consignment], WAGON_LAYOUT, language=language, form=form)


def _is_workbook(head: bytes) -> bool:
    return head.startswith(b"PK\x03\x04") and (b"xl/" in head or b"[Content_Types].xml" in head)


def _columns(head: bytes) -> set[str]:
    """Return which columns the first lines of a text file have at most."""
    found: set[str] = set()
    for codec in ("utf-8-sig", "utf-16", "cp1251"):
        text = head.decode(codec, "ignore")
        for line in text.splitlines()[:30]:
            for separator in ";\t,|":
                known = {h.column for h in headings(re.split(re.escape(separator), line)).values()}
                if len(known) > len(found):
                    found = known
    return found


def _recognises_manifest(head: bytes) -> bool:
    # A workbook is packed: whether it has wagons is seen only when it is read.
    if _is_workbook(head):
        return True
    columns = _columns(head)
    return len(columns) >= 3 and "wagon" not in columns


def _recognises_wagon_list(head: bytes) -> bool:
    columns = _columns(head)
    return len(columns) >= 3 and "wagon" in columns


MANIFEST = Format(
    kind="manifest",
    title="Cargo manifest, workbook or CSV",
    suffix=".xlsx",
    standard="A list as ports and lines send it; no standard",
    carries=CARRIES,
    render=render_manifest,
    read=read_one,
    recognises=_recognises_manifest,
    wanted=lambda consignment: any(m.mode in ("sea", "ferry") for m in consignment.movements),
    takes=frozenset({"language", "form"}),
)
WAGON_LIST = Format(
    kind="wagon-list",
    title="Wagon and container list, workbook or CSV",
    suffix=".xlsx",
    standard="A list as railways and operators send it; no standard",
    carries=CARRIES | WAGONS_CARRIED,
    render=render_wagon_list,
    read=read_one,
    recognises=_recognises_wagon_list,
    wanted=lambda consignment: bool(consignment.wagons),
    takes=frozenset({"language", "form"}),
)
