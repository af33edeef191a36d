"""How the messages are put together: those with the data of a declaration, those about its holder,
and those at destination."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TypedDict, Unpack

from kervan.cargo.consignment import Consignment
from kervan.cargo.procedures import Procedure
from kervan.documents.format import DocumentError
from kervan.documents.ncts import writing
from kervan.documents.ncts.authorities import version_run_by
from kervan.documents.ncts.fitting import finished
from kervan.documents.ncts.part import country_of, transit_procedure
from kervan.documents.ncts.rules import declaration_problems
from kervan.documents.ncts.schema import MessageSchema, message_schema
from kervan.documents.ncts.writing import Envelope


class Head(TypedDict, total=False):
    """What may be said of any message beside the consignment.

    Attributes
    ----------
    procedure
        Number of the customs procedure it is about; the first of the regime ``common_transit`` or
        ``union_transit`` unless given.
    version
        ``60.4`` or ``51.8``; what the authority runs on the day, as far as is public, unless given.
    sender, recipient
        As agreed with the authority; ``TRADER.`` and ``NTA.`` with the country unless given.
    prepared
        When, with an offset; now unless given.
    identification
        Unique with the sender, at most 35 characters; made of message, LRN and the version of the
        consignment unless given.
    """

    procedure: int | None
    version: str | None
    sender: str | None
    recipient: str | None
    prepared: datetime | None
    identification: str | None


HEAD = frozenset(Head.__annotations__)
"""Names of these options."""


def now() -> datetime:
    """Return the moment, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


class _Message:
    """One message about to be written: what it is of, and its head."""

    def __init__(
        self,
        kind: str,
        consignment: Consignment,
        head: Head,
        *,
        by_customs: bool = False,
        at_destination: bool = False,
        answers: str | None = None,
        correlation: str | None = None,
    ) -> None:
        self.consignment = consignment
        self.index = transit_procedure(consignment, head.get("procedure"))
        self.procedure = consignment.procedures[self.index]
        end = self.procedure.office_of_destination
        country = country_of(self.procedure)
        if at_destination:
            country = end.reference[:2] if end else ""
        self.prepared = head.get("prepared") or now()
        version = head.get("version") or version_run_by(country, self.prepared.date()).version
        self.schema: MessageSchema = message_schema(kind, version)
        sender, recipient = f"TRADER.{country}", f"NTA.{country}"
        if by_customs:
            sender, recipient = recipient, sender
        if correlation is None and answers is not None:
            correlation = message_identification(answers, consignment, self.procedure)
        own = message_identification(kind, consignment, self.procedure)
        self.head = writing.head(
            kind,
            Envelope(
                head.get("sender") or sender,
                head.get("recipient") or recipient,
                self.prepared,
                head.get("identification") or own,
                correlation,
            ),
        )

    def finished(self, body: str) -> bytes:
        text = f"{self.head}{body}{writing.tail(self.schema.kind)}"
        return finished(text, self.consignment, self.index, self.schema)


def message_identification(kind: str, consignment: Consignment, procedure: Procedure) -> str:
    """Return the identification of a message: kind, LRN and version of the consignment."""
    return f"{kind}-{procedure.lrn or procedure.mrn or ''}-{consignment.version}"


def with_declaration(
    kind: str,
    consignment: Consignment,
    *,
    mrn: str | None = None,
    dates: tuple[date, date] | None = None,
    amends: str = "",
    correlation: str | None = None,
    **head: Unpack[Head],
) -> bytes:
    """Write a message with all the data of a declaration: CC015C, CC013C, CC029C."""
    by_customs = dates is not None
    message = _Message(
        kind,
        consignment,
        head,
        by_customs=by_customs,
        answers="CC015C" if by_customs else None,
        correlation=correlation,
    )
    of, version = message.procedure, message.schema.version
    problems = [
        p
        for p in declaration_problems(consignment, of.number, version=version)
        if p.severity == "error"
    ]
    if problems:
        more = f" And {len(problems) - 1} more." if len(problems) > 1 else ""
        raise DocumentError(f"{problems[0]}{more}")
    mrn = mrn or of.mrn
    names_mrn = by_customs or (kind == "CC013C" and mrn is not None)
    body = [
        "<TransitOperation>",
        writing.element("LRN", None if names_mrn and not by_customs else of.lrn),
        writing.element("MRN", mrn if names_mrn else None),
        writing.types(of),
    ]
    if dates is not None:
        body.append(writing.day("declarationAcceptanceDate", dates[0]))
        body.append(writing.day("releaseDate", dates[1]))
    body += [
        writing.conditions(of, limit=not by_customs, amends=amends),
        "</TransitOperation>",
        writing.offices_and_parties(of),
        writing.guarantees(of),
        writing.goods(consignment, of, version, kind),
    ]
    return message.finished("".join(body))


def about_holder(
    kind: str,
    consignment: Consignment,
    *,
    mrn: str | None = None,
    both: bool = False,
    operation: str = "",
    body: str = "",
    by_customs: bool = True,
    answers: str | None = None,
    correlation: str | None = None,
    **head: Unpack[Head],
) -> bytes:
    """Write a message about a movement: its references, office of departure and holder.

    The movement is named by its MRN once there is one, by its LRN before; by both where ``both``.
    """
    message = _Message(
        kind, consignment, head, by_customs=by_customs, answers=answers, correlation=correlation
    )
    of = message.procedure
    mrn = mrn or of.mrn
    start = of.office_of_departure
    contact = kind in ("CC009C", "CC014C")
    return message.finished(
        "<TransitOperation>"
        + writing.element("LRN", of.lrn if both or not mrn else None)
        + writing.element("MRN", mrn)
        + f"{operation}</TransitOperation>{body}"
        + writing.office("CustomsOfficeOfDeparture", start.reference if start else None)
        + writing.party("HolderOfTheTransitProcedure", of.holder, contact=contact)
    )


def at_destination(
    kind: str,
    consignment: Consignment,
    *,
    mrn: str | None,
    operation: str,
    trader: str | None,
    body: str = "",
    by_customs: bool = False,
    **head: Unpack[Head],
) -> bytes:
    """Write a message between the office of destination and who presents the goods there."""
    message = _Message(kind, consignment, head, by_customs=by_customs, at_destination=True)
    of = message.procedure
    end = of.office_of_destination
    consignee = consignment.consignee
    trader = trader or (consignee.identifier("EORI") if consignee else None)
    if trader is None:
        raise DocumentError(
            "$.consignee.identifiers: Who presents the goods at destination is known by a number, "
            "and the consignee has no EORI number. Give it, or name the trader."
        )
    if kind == "CC007C" and message.schema.version == "51.8":
        operation += writing.flag("incidentFlag", False)
    return message.finished(
        f"<TransitOperation>{writing.element('MRN', mrn or of.mrn)}{operation}</TransitOperation>"
        + writing.office("CustomsOfficeOfDestinationActual", end.reference if end else None)
        + f"<TraderAtDestination>{writing.element('identificationNumber', trader)}"
        + f"</TraderAtDestination>{body}"
    )
