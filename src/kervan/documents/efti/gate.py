"""What gates and platforms ask each other, and the answers.

A gate finds consignments by a number on the road (the identifier query), fetches the data set of
one (the query by its link, the UIL), and passes on what an authority then has to say (the
follow-up). All are functions over what is held; asking and sending is not their business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from kervan.cargo.consignment import Consignment
from kervan.documents.efti.common import as_xml, consignment_element, named, refuse_invalid
from kervan.documents.efti.identifiers import (
    Identifiers,
    Leg,
    identifiers_element,
    read_identifiers,
)
from kervan.documents.efti.schema import EDELIVERY, IDENTIFIER
from kervan.documents.efti.subsets import keep_subsets, subsets_of
from kervan.documents.efti.tree import child, children, legal, text
from kervan.documents.format import DocumentError
from kervan.documents.safe_xml import parse_xml

if TYPE_CHECKING:
    from lxml import etree

IdentifierType = Literal["means", "equipment", "carried"]
Status = Literal["200", "400", "404", "500", "501", "502", "503", "504"]

_TYPES: tuple[IdentifierType, ...] = ("means", "equipment", "carried")


@dataclass(frozen=True, slots=True)
class Uil:
    """The unique link to a data set: which gate, which platform, which data set."""

    gate: str
    platform: str
    dataset: str


@dataclass(frozen=True, slots=True)
class IdentifierQuery:
    """A search for consignments by a number.

    Attributes
    ----------
    request_id
        Of the request; None where it has none.
    identifier
        The number, in letters of any case.
    types
        Where it is looked for: ``means``, ``equipment``, ``carried``.
    country
        Where the vehicle or unit is registered; not asked of carried units, whose country the
        subset does not know.
    mode, is_dangerous
        What one and the same leg must be; for vehicles, the leg they run on.
    """

    request_id: str | None
    identifier: str
    types: tuple[IdentifierType, ...] = _TYPES
    country: str | None = None
    mode: str | None = None
    is_dangerous: bool | None = None


@dataclass(frozen=True, slots=True)
class UilQuery:
    """A query for the data set of a link, in some subsets."""

    request_id: str
    uil: Uil
    subsets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What an authority says of a data set it was given.

    Attributes
    ----------
    request_id, query_request_id
        Of this request, and of the query it follows.
    uil
        The data set.
    message
        Its words.
    """

    request_id: str
    query_request_id: str
    uil: Uil
    message: str


def read_identifier_query(data: bytes) -> IdentifierQuery:
    """Read an identifier query.

    Raises
    ------
    DocumentError
        If it is none.
    """
    return identifier_query_of(_request(data, "identifierQuery"))


def identifier_query_of(element: etree._Element) -> IdentifierQuery:
    """Return the identifier query an element says."""
    number = child(element, "identifier")
    listed = (number.get("type") or "").split() if number is not None else []
    dangerous = text(element, "dangerousGoodsIndicator")
    return IdentifierQuery(
        element.get("requestId"),
        text(number) or "",
        tuple(t for t in _TYPES if t in listed) or _TYPES,
        text(element, "registrationCountryCode"),
        text(element, "modeCode"),
        None if dangerous is None else dangerous in ("true", "1"),
    )


def matches(query: IdentifierQuery, held: Identifiers) -> bool:
    """Return whether a consignment is one that is looked for.

    The rules are those that the published test cases show.
    """
    wanted = query.identifier.upper()

    def is_wanted(number: str | None) -> bool:
        return number is not None and number.upper() == wanted

    def is_from(country: str | None) -> bool:
        return query.country is None or country == query.country

    def is_such(leg: Leg) -> bool:
        return (query.mode is None or leg.mode == query.mode) and (
            query.is_dangerous is None or leg.is_dangerous == query.is_dangerous
        )

    on_means = any(
        is_wanted(leg.means) and is_from(leg.means_country) and is_such(leg) for leg in held.legs
    )
    # A unit stands on no leg of its own: any leg will do, but one must be all that is asked.
    is_carried_so = (query.mode is None and query.is_dangerous is None) or any(
        map(is_such, held.legs)
    )
    on_unit = any(is_wanted(unit.number) and is_from(unit.country) for unit in held.units)
    on_carried = any(is_wanted(number) for unit in held.units for number in unit.carried)
    return (
        ("means" in query.types and on_means)
        or ("equipment" in query.types and on_unit and is_carried_so)
        or ("carried" in query.types and on_carried and is_carried_so)
    )


def answer_identifier_query(data: bytes, held: Mapping[Uil, Identifiers]) -> bytes:
    """Return the answer to an identifier query: the consignments found, in the order held.

    Parameters
    ----------
    data
        The query.
    held
        Identifiers by the link of their data set; of a consignment, see
        :func:`kervan.documents.efti.identifiers.identifiers_of`.

    Raises
    ------
    DocumentError
        If it is no such query, or identifiers that are held are not complete.
    """
    query = read_identifier_query(data)
    answer = _answer("identifierResponse", "200", query.request_id)
    for uil, identifiers in held.items():
        if matches(query, identifiers):
            answer.append(_found(uil, identifiers))
    return _sent(answer)


def read_identifier_response(data: bytes) -> tuple[tuple[Uil, Identifiers], ...]:
    """Read the answer to an identifier query.

    Raises
    ------
    DocumentError
        If it is none, or has another status than 200.
    """
    root = _request(data, "identifierResponse")
    if root.get("status") != "200":
        raise DocumentError(
            f"The gate answered with status {root.get('status')}: {text(root, 'description')}"
        )
    return tuple((_uil(found), read_identifiers(found)) for found in children(root, "consignment"))


def read_uil_query(data: bytes) -> UilQuery:
    """Read a query for a data set.

    Raises
    ------
    DocumentError
        If it is none.
    """
    root = _request(data, "uilQuery")
    return UilQuery(
        root.get("requestId", ""),
        _uil(root),
        tuple(said for e in children(root, "subsetId") if (said := text(e)) is not None),
    )


def answer_uil_query(data: bytes, held: Mapping[Uil, Consignment]) -> bytes:
    """Return the answer to a query for a data set.

    It has status 404 where there is none, and 400 where a subset is asked for that the data set
    does not know; otherwise the consignment, with what is in one of the subsets alone.

    Raises
    ------
    DocumentError
        If it is no such query, or the consignment cannot be written.
    """
    query = read_uil_query(data)
    unknown = [name for name in query.subsets if not subsets_of(name)]
    consignment = held.get(query.uil)
    if unknown:
        said = f"There is no subset {', '.join(unknown)[:200]}"
        return _sent(_answer("uilResponse", "400", query.request_id, said))
    if consignment is None:
        link = f"{query.uil.gate}/{query.uil.platform}/{query.uil.dataset}"
        said = f"There is no data set {link}"
        return _sent(_answer("uilResponse", "404", query.request_id, said))
    element = consignment_element(consignment)
    keep_subsets(element, frozenset().union(*map(subsets_of, query.subsets)))
    answer = _answer("uilResponse", "200", query.request_id)
    answer.append(element)
    return _sent(answer)


def read_follow_up(data: bytes) -> FollowUp:
    """Read a follow-up request.

    Raises
    ------
    DocumentError
        If it is none.
    """
    root = _request(data, "postFollowUpRequest")
    return FollowUp(
        root.get("requestId", ""),
        root.get("uilQueryRequestId", ""),
        _uil(root),
        text(root, "message") or "",
    )


def answer_follow_up(request_id: str, status: Status = "200", said: str | None = None) -> bytes:
    """Return the answer to a follow-up request.

    Raises
    ------
    DocumentError
        If what is said cannot be written.
    """
    return _sent(_answer("postFollowUpResponse", status, request_id, said))


def _request(data: bytes, name: str) -> etree._Element:
    root = parse_xml(data)
    if root.tag != f"{{{EDELIVERY}}}{name}":
        raise DocumentError(f"The root element is {named(root)}; expected <{name}> of {EDELIVERY}.")
    refuse_invalid(root, "edelivery/gate.xsd")
    return root


def _uil(element: etree._Element) -> Uil:
    said = child(element, "uil")
    return Uil(
        text(said, "gateId") or "", text(said, "platformId") or "", text(said, "datasetId") or ""
    )


def _found(uil: Uil, identifiers: Identifiers) -> etree._Element:
    """Return the element of a consignment that was found."""
    from lxml import etree

    element = etree.Element(
        f"{{{EDELIVERY}}}consignment", nsmap={None: IDENTIFIER, "ed": EDELIVERY}
    )
    element.extend(identifiers_element(identifiers))
    link = etree.SubElement(element, f"{{{EDELIVERY}}}uil")
    for name, value in (
        ("gateId", uil.gate),
        ("platformId", uil.platform),
        ("datasetId", uil.dataset),
    ):
        etree.SubElement(link, f"{{{EDELIVERY}}}{name}").text = legal(value, f"uil.{name}")
    return element


def _answer(
    name: str, status: Status, request_id: str | None, said: str | None = None
) -> etree._Element:
    from lxml import etree

    # With a prefix, for the consignments in it have namespaces of their own.
    answer = etree.Element(f"{{{EDELIVERY}}}{name}", nsmap={"ed": EDELIVERY})
    answer.set("status", status)
    if request_id is not None:
        answer.set("requestId", legal(request_id, "request_id"))
    if said is not None:
        etree.SubElement(answer, f"{{{EDELIVERY}}}description").text = legal(said, "description")
    return answer


def _sent(answer: etree._Element) -> bytes:
    refuse_invalid(answer, "edelivery/gate.xsd")
    return as_xml(answer)
