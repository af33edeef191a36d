"""COPRAR and CODECO: what a ship's operator and a terminal tell each other of containers.

COPRAR orders the terminal to load or discharge; CODECO reports that units passed the gate.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

from kervan.cargo.consignment import Consignment
from kervan.cargo.transport import Movement
from kervan.documents.edifact import units
from kervan.documents.edifact.draft import Draft, envelope, place_code, said
from kervan.documents.edifact.interchange import is_interchange
from kervan.documents.edifact.taking import Taking, messages, only
from kervan.documents.format import DocumentError, Format, ReadDocument

_ORDERS = {
    ("D.95B", "loading"): "45",
    ("D.95B", "discharging"): "43",
    ("D.00B", "loading"): "121",
    ("D.00B", "discharging"): "118",
}
_GATES = {"in": "34", "out": "36"}

_UNITS = frozenset(f"equipment.{name}" for name in units.CARRIED)
COPRAR_CARRIES = _UNITS | {"reference", "equipment.temperature_c"}
CODECO_CARRIES = _UNITS | {"reference"}


def render_coprar(
    consignment: Consignment,
    *,
    order: Literal["loading", "discharging"] = "loading",
    movement: int | None = None,
    version: str = "D.95B",
    sender: str | None = None,
    recipient: str | None = None,
    prepared: datetime | None = None,
    charset: str | None = None,
) -> bytes:
    """Return the order to load or discharge the units of a consignment.

    Parameters
    ----------
    order
        ``loading`` at the port of origin, or ``discharging`` at the port of destination.
    movement
        Number of the movement by ship; the first by sea or ferry unless given.
    version
        Directory: ``D.95B``, which ports use by SMDG's guide, or ``D.00B``.
    sender, recipient, prepared, charset
        As in `kervan.documents.edifact.iftmin.render`; the sender is the ship's operator and the
        recipient the port unless given.

    Raises
    ------
    DocumentError
        If there is no movement by ship or no unit, or a value does not fit the directory.
    """
    voyage, path = _voyage(consignment, movement)
    if voyage is None:
        raise DocumentError(
            "$.movements: a loading or discharging order needs a movement by sea or ferry. Add it."
        )
    _need_units(consignment, "order")
    if (version, order) not in _ORDERS:
        raise DocumentError(
            f"'{order}' in '{version[:20]}' is no order that is written; there are loading and "
            "discharging, in D.95B and D.00B."
        )
    draft = Draft("COPRAR", version)
    reference = said(consignment.reference, "$.reference")
    draft.add("BGM", _ORDERS[version, order], reference, "9" if consignment.version == 1 else "5")
    draft.add("RFF", ("CU", reference))
    _add_voyage(draft, voyage, path)
    _add_operator(draft, voyage.carrier_id, sender, path)
    for at, unit in enumerate(consignment.equipment):
        where = f"$.equipment[{at}]"
        units.add_head(draft, unit, where)
        _add_ports(draft, voyage, path)
        gross = units.gross_mass(consignment, unit)
        if gross is not None:
            units.add_mass(draft, "G", said(gross, f"{where}.verified_gross_mass"))
        units.add_masses(draft, unit, where)
        units.add_overhang(draft, unit, where)
        units.add_temperature(draft, unit, where)
        units.add_seals(draft, unit, where)
        for substance, place in units.dangerous_in(consignment, unit.number):
            units.add_dangerous(draft, substance, place, "IMD")
        units.add_owner(draft, unit, where)
    draft.add("CNT", ("16", str(len(consignment.equipment))))
    port = voyage.origin if order == "loading" else voyage.destination
    return draft.render(
        envelope(
            consignment,
            sender=sender or voyage.carrier_id,
            recipient=recipient or port.place_id[:35],
            prepared=prepared,
            charset=charset,
        )
    )


def render_codeco(
    consignment: Consignment,
    *,
    gate: Literal["in", "out"] = "in",
    at: datetime | None = None,
    place_id: str | None = None,
    version: str = "D.95B",
    sender: str | None = None,
    recipient: str | None = None,
    prepared: datetime | None = None,
    charset: str | None = None,
) -> bytes:
    """Return the report that the units of a consignment passed a gate.

    Parameters
    ----------
    gate
        ``in`` or ``out``.
    at
        When they passed, by the clock of the place; not said unless given.
    place_id
        Where; unless given the port of loading (in) or of discharge (out) of the first movement by
        ship, or else the place of acceptance or delivery.
    version, sender, recipient, prepared, charset
        As in `render_coprar`.

    Raises
    ------
    DocumentError
        If there is no unit, or a value does not fit the directory.
    """
    _need_units(consignment, "report")
    if gate not in _GATES:
        raise DocumentError(f"'{gate}' is no way through a gate; there are in and out.")
    voyage, path = _voyage(consignment, None)
    where, where_path = place_id, "place_id"
    if where is None:
        where, where_path = _gate_place(consignment, voyage, gate)
    draft = Draft("CODECO", version)
    reference = said(consignment.reference, "$.reference")
    draft.add("BGM", _GATES[gate], reference, "9")
    draft.add("RFF", ("CU", reference))
    if voyage is not None:
        _add_voyage(draft, voyage, path)
    _add_operator(draft, voyage.carrier_id if voyage else None, sender, path)
    for position, unit in enumerate(consignment.equipment):
        unit_path = f"$.equipment[{position}]"
        units.add_head(draft, unit, unit_path)
        if at is not None:
            draft.add("DTM", ("7", _local(at), "203"))
        if where:
            draft.add("LOC", "165", place_code(where, where_path))
        units.add_masses(draft, unit, unit_path)
        units.add_overhang(draft, unit, unit_path)
        units.add_seals(draft, unit, unit_path)
        units.add_owner(draft, unit, unit_path)
    draft.add("CNT", ("16", str(len(consignment.equipment))))
    return draft.render(
        envelope(
            consignment,
            sender=sender or (where or "")[:35] or None,
            recipient=recipient or (voyage.carrier_id if voyage else None),
            prepared=prepared,
            charset=charset,
        )
    )


def _gate_place(
    consignment: Consignment, voyage: Movement | None, gate: str
) -> tuple[str | None, str]:
    if voyage is not None:
        name = "origin" if gate == "in" else "destination"
        port = voyage.origin if gate == "in" else voyage.destination
        return port.place_id, f"$.movements[{voyage.number - 1}].{name}.place_id"
    name = "acceptance" if gate == "in" else "delivery"
    place = consignment.acceptance if gate == "in" else consignment.delivery
    return (place.place_id if place else None), f"$.{name}.place_id"


def _voyage(consignment: Consignment, number: int | None) -> tuple[Movement | None, str]:
    for at, movement in enumerate(consignment.movements):
        by_ship = movement.mode in ("sea", "ferry")
        if movement.number == number or (number is None and by_ship):
            if not by_ship:
                raise DocumentError(
                    f"$.movements[{at}].mode: movement {number} goes by {movement.mode}; sea or "
                    "ferry was expected."
                )
            return movement, f"$.movements[{at}]"
    if number is not None:
        raise DocumentError(f"$.movements: there is no movement {number}.")
    return None, "$.movements"


def _need_units(consignment: Consignment, what: str) -> None:
    if not consignment.equipment:
        raise DocumentError(
            f"$.equipment: the {what} is of containers, and the consignment has none. Add them."
        )


def _add_voyage(draft: Draft, voyage: Movement, path: str) -> None:
    means = voyage.means
    where = f"{path}.means"
    draft.add(
        "TDT",
        "20",
        said(means.voyage if means else None, f"{where}.voyage"),
        "1",
        "",
        (said(voyage.carrier_id, f"{path}.carrier_id"), "172" if voyage.carrier_id else ""),
        "",
        "",
        (
            said(means.identity if means else None, f"{where}.identity"),
            "146" if means and means.identity else "",
            "",
            said(means.name if means else None, f"{where}.name"),
        ),
    )
    # D.95B has the ports first and then the times, D.00B the other way round.
    steps: list[Callable[[], None]] = [
        lambda: _add_ports(draft, voyage, path),
        lambda: _add_times(draft, voyage),
    ]
    for step in steps if draft.version == "D.95B" else reversed(steps):
        step()


def _add_ports(draft: Draft, voyage: Movement, path: str) -> None:
    for code, place, name in (
        ("9", voyage.origin, "origin"),
        ("11", voyage.destination, "destination"),
    ):
        draft.add("LOC", code, place_code(place.place_id, f"{path}.{name}.place_id"))


def _add_times(draft: Draft, voyage: Movement) -> None:
    for qualifier, when in (("133", voyage.departs), ("132", voyage.arrives)):
        if when is not None:
            draft.add("DTM", (qualifier, _local(when), "203"))


def _add_operator(draft: Draft, carrier_id: str | None, sender: str | None, path: str) -> None:
    if carrier_id:
        draft.add("NAD", "CA", (said(carrier_id, f"{path}.carrier_id"), "172"))
    else:
        draft.add("NAD", "MS", (sender or "KERVAN"))


def _local(when: datetime) -> str:
    """Return a moment by the clock of its place, as terminals write it."""
    return f"{when.year:04d}{when:%m%d%H%M}"


def read_coprar(data: bytes) -> ReadDocument:
    """Read the one order of an interchange: its units; ship, voyage and ports are left over.

    Raises
    ------
    DocumentError
        If it is none, or several; `read_all_coprar` reads several.
    """
    return _read(only(data, "COPRAR"), "coprar")


def read_codeco(data: bytes) -> ReadDocument:
    """Read the one report of an interchange: its units; times and places are left over.

    Raises
    ------
    DocumentError
        If it is none, or several; `read_all_codeco` reads several.
    """
    return _read(only(data, "CODECO"), "codeco")


def read_all_coprar(data: bytes) -> tuple[ReadDocument, ...]:
    """Read every order of an interchange."""
    return tuple(_read(taking, "coprar") for taking in messages(data, "COPRAR"))


def read_all_codeco(data: bytes) -> tuple[ReadDocument, ...]:
    """Read every report of an interchange."""
    return tuple(_read(taking, "codeco") for taking in messages(data, "CODECO"))


def _read(taking: Taking, kind: str) -> ReadDocument:
    root = taking.root
    content: dict[str, Any] = {}
    for group in root.all("RFF"):
        said_reference = group.head.value(0, 1).strip()
        if group.head.value(0) == "CU" and said_reference and "reference" not in content:
            content["reference"] = taking.value(group.head, 0, 1)
            taking.value(group.head, 0)
    for group in root.all("BGM"):
        taking.expect(group.head, 2, 0, "9")
        if "reference" not in content:
            content["reference"] = taking.value(group.head, 1) or taking.message.reference
        else:
            taking.expect(group.head, 1, 0, content["reference"])
    found = [
        units.take_unit(taking, group, temperature=kind == "coprar") for group in root.all("EQD")
    ]
    content["equipment"] = [unit for unit in found if unit]
    for group in root.all("CNT"):
        count = len(list(root.all("EQD")))
        taking.expect(group.head, 0, 1, str(count))
        if group.head.value(0) == "16":
            if taking.number(group.head, 0, 1) not in (count, None):
                raise DocumentError(
                    f"Segment {group.head.number} (CNT) says {group.head.value(0, 1)} units, and "
                    f"there are {count}. Some were lost or added: ask for it again."
                )
            taking.expect(group.head, 0, 0, "16")
    return taking.document(kind, content)


_TAKES = frozenset({"version", "sender", "recipient", "prepared", "charset"})


def _by_ship(consignment: Consignment) -> bool:
    return any(m.mode in ("sea", "ferry") for m in consignment.movements) and bool(
        consignment.equipment
    )


COPRAR = Format(
    kind="coprar",
    title="Container loading or discharging order COPRAR",
    suffix=".edi",
    standard="UN/EDIFACT COPRAR, directories D.95B and D.00B (UN/ECE; SMDG's guide for D.95B)",
    carries=COPRAR_CARRIES,
    render=render_coprar,
    read=read_coprar,
    recognises=lambda head: is_interchange(head, "COPRAR"),
    wanted=_by_ship,
    takes=_TAKES | {"order", "movement"},
)
CODECO = Format(
    kind="codeco",
    title="Gate-in and gate-out report CODECO",
    suffix=".edi",
    standard="UN/EDIFACT CODECO, directories D.95B and D.00B (UN/ECE)",
    carries=CODECO_CARRIES,
    render=render_codeco,
    read=read_codeco,
    recognises=lambda head: is_interchange(head, "CODECO"),
    wanted=_by_ship,
    takes=_TAKES | {"gate", "at", "place_id"},
)
