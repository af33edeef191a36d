"""The SMGS consignment note as a PDF, its boxes where the form of annex 1 to SMGS has them.

:mod:`~kervan.documents.smgs.front` has its boxes 1 to 29, :mod:`~kervan.documents.smgs.back` the
boxes 37 to 65.
"""

from __future__ import annotations

from collections.abc import Sequence

from kervan.cargo.consignment import Consignment
from kervan.documents.format import DocumentError, Format, carried
from kervan.documents.paper.drawing import Drawing
from kervan.documents.paper.form import Rest, check_letters, finished
from kervan.documents.paper.proof import LINK, prove
from kervan.documents.paper.reading import reader, recogniser
from kervan.documents.signing import SigningKey
from kervan.documents.smgs import content
from kervan.documents.smgs.back import draw_back
from kervan.documents.smgs.boxes import CARRIES
from kervan.documents.smgs.front import SHEETS, draw_front
from kervan.documents.smgs.ways import needs_smgs

KIND = "smgs"
PAPER = "Накладная СМГС – SMGS consignment note"


def render_smgs(
    consignment: Consignment,
    *,
    key: SigningKey | None = None,
    link: str = LINK,
    sheets: Sequence[int] = (1,),
    loaded_by: str = "",
    mass_determined: str = "",
) -> bytes:
    """Return the SMGS consignment note as a PDF.

    Parameters
    ----------
    consignment
        What it is of.
    key
        Signs the data attached to it; without one the paper is a draft.
    link
        Address before the claim in the QR code.
    sheets
        Which of the six sheets, each with its back; the original alone where nothing is said.
    loaded_by, mass_determined
        For boxes 20 and 21; left for the clerk where empty, as no element of the consignment says
        it.

    Raises
    ------
    DocumentError
        If a character is in no font at hand, or a sheet is not one of the six.
    """
    unknown = [sheet for sheet in sheets if sheet not in SHEETS]
    if unknown or not sheets:
        raise DocumentError(f"The SMGS note has the sheets 1 to 6; {list(sheets)} was asked for.")
    consignment = carried(consignment, CARRIES)
    proof = prove(KIND, consignment, key, link)
    texts = box_texts(consignment)
    texts["20"], texts["21"] = loaded_by, mass_determined
    goods = [content.goods_line(item) for item in consignment.goods_items]
    check_letters(
        [
            *texts.items(),
            *(("15", line.description) for line in goods),
            ("15", content.containers(consignment)),
            *(("7", wagon.keeper or "") for wagon in consignment.wagons),
            *(("19", marks) for _, marks in content.seals(consignment)),
            *(("22", "".join(section)) for section in content.sections(consignment)),
        ],
        "SMGS consignment note",
    )
    drawing = Drawing(KIND, f"{PAPER} {consignment.reference}", "SMGS, annex 1")
    rest: list[Rest] = []
    for position, sheet in enumerate(sheets):
        if position:
            drawing.next_page()
        prefix = f"sheet-{sheet}/" if len(sheets) > 1 else ""
        rest = draw_front(drawing, consignment, texts, sheet, proof, prefix)
        drawing.next_page()
        draw_back(drawing, content.sections(consignment), prefix)
    return finished(drawing, rest, PAPER, consignment.reference, proof)


def box_texts(consignment: Consignment) -> dict[str, str]:
    """Return what is written in each box that holds running text, by number."""
    first = consignment.movements[0] if consignment.movements else None
    note = content.note_number(consignment, "722")
    names = content.carrier_names(consignment)
    issued = content.joined(
        (
            content.place(consignment.issued_at),
            consignment.issued_on.strftime("%d.%m.%Y") if consignment.issued_on else None,
        )
    )
    departure = consignment.acceptance or (first.origin if first else None)
    carrier = names.get(first.carrier_id or "", "") if first else ""
    statements = content.remarks(consignment, "consignor_statement", "general", "handling")
    from_carrier = content.remarks(consignment, "carrier")
    return {
        "29": note.number if note else "",
        "1": content.party(consignment.consignor),
        "1.code": content.party_code(consignment.consignor),
        "signature": issued,
        "2": content.joined((carrier, content.place(departure)), " / "),
        "2.code": content.place_code(departure),
        "3": content.joined(
            (statements, f"Перевозчик – carrier: {from_carrier}" if from_carrier else None), "\n"
        ),
        "4": content.party(consignment.consignee),
        "4.code": content.party_code(consignment.consignee),
        "5": content.place(consignment.delivery),
        "5.code": content.place_code(consignment.delivery),
        "6": "\n".join(
            content.joined((content.place(place), content.place_code(place)), " – ")
            for place in content.border_places(consignment)
        ),
        "23": content.payments(consignment),
        "24": content.documents(consignment, note),
        "25": content.joined(
            (
                consignment.reference
                + (f" (версия – version {consignment.version})" if consignment.version > 1 else ""),
                content.joined((consignment.incoterm, consignment.incoterm_place), " "),
            ),
            "\n",
        ),
        "28": content.customs(consignment),
        "carrier": _contractual(consignment),
    }


def _contractual(consignment: Consignment) -> str:
    carrier = content.contractual_carrier(consignment)
    return content.carrier_line(carrier) if carrier else ""


SMGS = Format(
    kind=KIND,
    title="SMGS consignment note",
    suffix=".pdf",
    standard="SMGS, annex 1, form of 1 July 2015 (OSJD)",
    carries=CARRIES,
    render=render_smgs,
    read=reader(KIND, "2015"),
    recognises=recogniser(KIND),
    wanted=needs_smgs,
    takes=frozenset({"key"}),
)
"""The note as a paper."""
