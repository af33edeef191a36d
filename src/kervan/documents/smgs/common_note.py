"""The common CIM/SMGS consignment note as a PDF.

Its boxes are numbered and placed as on the form of the manual GLV-CIM/SMGS (appendix 4), which CIT
and OSJD publish; the page on CIM/SMGS in the reference says, box by box, from which public source
the number is known. The back, which only railways fill in, is not drawn.
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
from kervan.documents.smgs.boxes import CARRIES
from kervan.documents.smgs.common_front import SHEETS, draw_front, seals_line
from kervan.documents.smgs.ways import needs_common_note

KIND = "cim-smgs"
PAPER = "Накладная ЦИМ/СМГС – CIM/SMGS consignment note"


def render_cim_smgs(
    consignment: Consignment,
    *,
    key: SigningKey | None = None,
    link: str = LINK,
    sheets: Sequence[int] = (1,),
    reconsignment_point: str = "",
) -> bytes:
    """Return the CIM/SMGS consignment note as a PDF.

    Parameters
    ----------
    consignment
        What it is of.
    key
        Signs the data attached to it; without one the paper is a draft.
    link
        Address before the claim in the QR code.
    sheets
        Which of the six sheets; the original alone where nothing is said.
    reconsignment_point
        For box 29: where the one law gives way to the other; left for the clerk where empty.

    Raises
    ------
    DocumentError
        If a character is in no font at hand, or a sheet is not one of the six.
    """
    if not sheets or any(sheet not in SHEETS for sheet in sheets):
        raise DocumentError(
            f"The CIM/SMGS note has the sheets 1 to 6; {list(sheets)} was asked for."
        )
    consignment = carried(consignment, CARRIES)
    proof = prove(KIND, consignment, key, link)
    texts = box_texts(consignment)
    texts["29"] = reconsignment_point
    goods = [content.goods_line(item) for item in consignment.goods_items]
    check_letters(
        [
            *texts.items(),
            *(("20", line.description) for line in goods),
            ("20", content.containers(consignment)),
            ("20", seals_line(consignment)),
            *(("19", wagon.keeper or "") for wagon in consignment.wagons),
            *(("65", "".join(section)) for section in content.sections(consignment)),
        ],
        "CIM/SMGS consignment note",
    )
    drawing = Drawing(KIND, f"{PAPER} {consignment.reference}", "GLV-CIM/SMGS, appendix 4")
    rest: list[Rest] = []
    for position, sheet in enumerate(sheets):
        if position:
            drawing.next_page()
        prefix = f"sheet-{sheet}/" if len(sheets) > 1 else ""
        rest = draw_front(drawing, consignment, texts, sheet, proof, prefix)
    return finished(drawing, rest, PAPER, consignment.reference, proof)


def box_texts(consignment: Consignment) -> dict[str, str]:
    """Return what is written in each box that holds running text, by number."""
    note = content.note_number(consignment, "720") or content.note_number(consignment, "722")
    first = consignment.movements[0] if consignment.movements else None
    acceptance = consignment.acceptance or (first.origin if first else None)
    departs = first.departs if first else None
    carrier = content.contractual_carrier(consignment)
    consignor, consignee = consignment.consignor, consignment.consignee
    return {
        "1": content.party_address(consignor),
        "2": content.party_code(consignor),
        "": content.party_contact(consignor),
        "4": content.party_address(consignee),
        "5": content.party_code(consignee),
        " ": content.party_contact(consignee),
        "7": content.remarks(consignment, "consignor_statement", "general", "handling"),
        "8": content.joined(
            (
                consignment.reference
                + (f" (версия – version {consignment.version})" if consignment.version > 1 else ""),
            )
        ),
        "9": content.documents(consignment, note),
        "10": content.place(consignment.delivery),
        "12": content.place_code(consignment.delivery),
        "13": content.joined(
            (content.joined((consignment.incoterm, consignment.incoterm_place), " "),)
        ),
        "15": content.party_identifiers(consignor, consignee),
        "16": content.joined(
            (
                content.place(acceptance),
                departs.strftime("%d.%m.%Y %H:%M %z") if departs else None,
            ),
            "\n",
        ),
        "17": content.place_code(acceptance),
        "18": content.payments(consignment),
        "26": content.customs(consignment),
        "28": content.joined(
            (
                content.place(consignment.issued_at),
                consignment.issued_on.strftime("%d.%m.%Y") if consignment.issued_on else None,
            ),
            "\n",
        ),
        "60": " – ".join(
            content.joined(
                (content.named(p.name, p.name_in) or p.place_id, content.place_code(p)), " "
            )
            for p in content.border_places(consignment)
        ),
        "64": content.remarks(consignment, "carrier"),
        "66a": content.carrier_line(carrier) if carrier else "",
        "69": note.number if note else "",
    }


CIM_SMGS = Format(
    kind=KIND,
    title="CIM/SMGS common consignment note",
    suffix=".pdf",
    standard="GLV-CIM/SMGS, appendix 4 (CIT and OSJD)",
    carries=CARRIES,
    render=render_cim_smgs,
    read=reader(KIND, "GLV-CIM/SMGS"),
    recognises=recogniser(KIND),
    wanted=needs_common_note,
    takes=frozenset({"key"}),
)
"""The common note as a paper."""
