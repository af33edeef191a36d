"""The papers: a clerk sees what the consignment says, and what is read back is what was signed."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdf
import pytest
from hypothesis import given, settings

from kervan.cargo import example_consignment
from kervan.cargo.consignment import Consignment
from kervan.documents.dangerous_goods import DANGEROUS_GOODS, dangerous
from kervan.documents.format import DocumentError, Format, carried
from kervan.documents.packing_list import PACKING_LIST
from kervan.documents.paper import fonts
from kervan.documents.paper.form import Box
from kervan.documents.paper.layout import POINTS
from kervan.documents.paper.proof import read_code
from kervan.documents.paper.reading import read_paper
from kervan.documents.signing import SignatureError, generate_key
from kervan.documents.smgs import common_front, front
from kervan.documents.smgs.common_note import CIM_SMGS
from kervan.documents.smgs.content import plain
from kervan.documents.smgs.note import SMGS
from kervan.tariff.settlement.pdf import font_files
from tests.cargo.consignments import consignments, random_consignment
from tests.documents.ink import watched

PAPERS = (SMGS, CIM_SMGS, DANGEROUS_GOODS, PACKING_LIST)
NOTES = (SMGS, CIM_SMGS)
KEY, OTHER = generate_key(), generate_key()
EXAMPLE = example_consignment()

each_paper = pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.kind)
each_note = pytest.mark.parametrize("paper", NOTES, ids=lambda paper: paper.kind)


def writable(paper: Format, consignment: Consignment) -> bool:
    return paper is not DANGEROUS_GOODS or dangerous(consignment)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def text_of(data: bytes) -> str:
    """Return all text of a PDF without spaces, and without the heads of additional sheets."""
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)
    return squeezed(re.sub(r"Дополнительный лист – Additional(?:.|\n){0,300}? / \d+", "", text))


def shown(paper: Format, consignment: Consignment) -> Iterator[str]:
    """Yield what must be legible on a paper."""
    yield consignment.reference
    for party in (consignment.consignor, consignment.consignee):
        assert party is not None
        yield party.name or ""
        if paper in NOTES:
            yield party.name_in.get("ru", "")
            yield party.name_in.get("zh", "")
            yield from (i.value for i in party.identifiers)
        if party.address:
            yield party.address.street or ""
        if party.contact:
            yield party.contact.phone or ""
    units = consignment.equipment
    items = consignment.goods_items
    if paper is DANGEROUS_GOODS:
        items = tuple(item for item in items if item.dangerous_goods)
        held = {s.equipment_number for item in items for s in item.stowage}
        units = tuple(unit for unit in units if unit.number in held)
    for unit in units:
        yield unit.number
        yield from (seal.number for seal in unit.seals)
    for item in items:
        yield from (p.marks or "" for p in item.packages)
        yield from (str(p.count) for p in item.packages)
        yield plain(item.gross_mass_kg) if item.gross_mass_kg else ""
        yield plain(item.net_mass_kg) if item.net_mass_kg else ""
        if paper is not DANGEROUS_GOODS:
            yield item.description or ""
            yield item.description_in.get("ru", "")
            yield item.hs_code or ""
        if paper is not PACKING_LIST:
            for substance in item.dangerous_goods:
                yield f"UN {substance.un_number}"
                yield substance.proper_shipping_name or ""
                yield substance.technical_name or ""
    if paper in NOTES:
        for wagon in consignment.wagons:
            yield wagon.number
            yield wagon.keeper or ""
        for movement in consignment.movements:
            for place in (movement.origin, movement.destination):
                known = place.name_in
                first = next(iter(known.values()), place.place_id)
                yield place.name or known.get("ru") or known.get("zh") or first
        yield from (document.number for document in consignment.documents)
        yield from (remark.text for remark in consignment.remarks)
        yield from (payment.payer for payment in consignment.payments)
        yield from (procedure.lrn or "" for procedure in consignment.procedures)
        yield from (
            c.railway_code or "" for c in consignment.carriers if c.carrier_id in _used(consignment)
        )


def _used(consignment: Consignment) -> set[str | None]:
    return {movement.carrier_id for movement in consignment.movements}


def lost(paper: Format, consignment: Consignment, data: bytes) -> list[str]:
    text = text_of(data)
    return [value for value in shown(paper, consignment) if squeezed(value) not in text]


@each_paper
def test_every_value_of_the_example_is_legible(paper: Format) -> None:
    assert lost(paper, EXAMPLE, paper.render(EXAMPLE, key=KEY)) == []


@each_paper
@pytest.mark.parametrize("seed", range(5))
def test_no_value_of_a_consignment_made_by_chance_is_lost(paper: Format, seed: int) -> None:
    consignment = random_consignment(seed)
    if writable(paper, consignment):
        assert lost(paper, consignment, paper.render(consignment)) == []


@pytest.mark.slow
@each_paper
def test_no_value_of_three_hundred_consignments_is_lost(paper: Format) -> None:
    for seed in range(300):
        consignment = random_consignment(seed)
        if writable(paper, consignment):
            assert lost(paper, consignment, paper.render(consignment)) == [], seed


@each_paper
def test_nothing_is_written_over_anything_else(paper: Format) -> None:
    for consignment in (EXAMPLE, *map(random_consignment, range(8))):
        if writable(paper, consignment):
            with watched() as ink:
                paper.render(consignment, key=KEY)
            assert ink.overlaps() == []
            assert ink.outside() == []
            assert ink.beyond() == []


def longest() -> Consignment:
    """Return a consignment whose words are as long as they may be."""
    long = {
        "reference": "R" * 70,
        "consignor": {
            "name": "W" * 2000,
            "identifiers": [{"scheme": "SMGS", "value": "8" * 70}],
        },
        "consignee": {"name": "字" * 2000},
        "equipment": [{"number": "N" * 70, "seals": [{"number": "S" * 70}] * 9}] * 12,
        "carriers": [
            {
                "carrier_id": "C" * 70,
                "railway_code": "9" * 70,
                "party": {"name": "Й" * 900},
                "contractual": True,
            }
        ],
        "movements": [
            {
                "number": number,
                "mode": "rail",
                "carrier_id": "C" * 70,
                "origin": {"place_id": "P" * 70, "name": "Q" * 500, "station_code": "7" * 70},
                "destination": {"place_id": "Z" * 70},
            }
            for number in range(1, 10)
        ],
        "wagons": [
            {"number": "1" * 70, "keeper": "k" * 300, "load_limit_kg": "123456789012.123456"}
        ],
        "issued_at": {"place_id": "L" * 70, "name": "M" * 300},
        "incoterm": "I" * 70,
        "incoterm_place": "p " * 500,
    }
    return Consignment.model_validate({**EXAMPLE.model_dump(), **long})


@each_paper
def test_words_as_long_as_they_may_be_are_written_in_order(paper: Format) -> None:
    consignment = longest()
    with watched() as ink:
        data = paper.render(consignment, key=KEY)
    assert (ink.overlaps(), ink.outside(), ink.beyond()) == ([], [], [])
    text = text_of(data)
    wanted = ["W" * 2000, "字" * 2000]
    # The units that hold what is dangerous are others.
    wanted += ["N" * 70, "S" * 70] if paper is not DANGEROUS_GOODS else []
    wanted += ["8" * 70, "Q" * 500, "7" * 70, "M" * 300] if paper in NOTES else []
    assert [word[:9] for word in wanted if word not in text] == []


def test_a_consignment_that_says_next_to_nothing_is_written_too() -> None:
    bare = Consignment(reference="X")
    for paper in (SMGS, CIM_SMGS, PACKING_LIST):
        assert paper.read is not None
        assert paper.read(paper.render(bare)).consignment == bare


@pytest.mark.slow
@each_paper
def test_nothing_is_written_over_anything_else_in_three_hundred(paper: Format) -> None:
    for seed in range(300):
        consignment = random_consignment(seed)
        if writable(paper, consignment):
            with watched() as ink:
                paper.render(consignment)
            assert (ink.overlaps(), ink.outside(), ink.beyond()) == ([], [], []), seed


def placed(data: bytes) -> list[tuple[float, float, str]]:
    """Return where each text of the first page begins, in mm from its top left corner."""
    found: list[tuple[float, float, str]] = []

    def visit(text: str, ctm: Any, matrix: Any, font: Any, size: float) -> None:
        if text.strip():
            found.append((matrix[4] / POINTS, 297 - matrix[5] / POINTS, text.strip()))

    pypdf.PdfReader(io.BytesIO(data)).pages[0].extract_text(visitor_text=visit)
    return found


@pytest.mark.parametrize(
    ("paper", "boxes", "number", "value"),
    [
        (SMGS, front.FRONT, "1", "ООО «Пример Шэньси Экспорт»"),
        (SMGS, front.FRONT, "4", "АО «Орнек Итхалат»"),
        (SMGS, front.FRONT, "5", "Стамбул / Istanbul, TR"),
        (SMGS, front.FRONT, "6", "Актау / Aktau, KZ"),
        (SMGS, front.FRONT, "24", "INV-2026-0417"),
        (SMGS, front.FRONT, "28", "LRN EX417-CTC"),
        (SMGS, front.FRONT, "29", "EX417-SMGS"),
        (CIM_SMGS, common_front.FRONT, "1", "ООО «Пример Шэньси Экспорт»"),
        (CIM_SMGS, common_front.FRONT, "4", "АО «Орнек Итхалат»"),
        (CIM_SMGS, common_front.FRONT, "9", "INV-2026-0417"),
        (CIM_SMGS, common_front.FRONT, "10", "Стамбул / Istanbul, TR"),
        (CIM_SMGS, common_front.FRONT, "69", "EX417-SMGS"),
    ],
)
def test_values_stand_in_their_boxes(
    paper: Format, boxes: tuple[Box, ...], number: str, value: str
) -> None:
    box = next(box for box in boxes if box.number == number)
    inside = [
        text
        for x, y, text in placed(paper.render(EXAMPLE))
        if box.x <= x <= box.x + box.wide and box.y <= y <= box.y + box.high
    ]
    assert squeezed(value) in squeezed("".join(inside))


@each_paper
def test_letters_of_every_language_of_the_corridor_are_written(paper: Format) -> None:
    names = "Əliyev Ğarayeva Ильясұлы Қазақ Өңір ქართული Հայերեն İstanbul 陕西货物 Łódź Ўзбек"
    content = EXAMPLE.model_dump()
    content["consignor"]["name"] = names
    consignment = Consignment.model_validate(content)
    assert squeezed(names) in text_of(paper.render(consignment))


@each_paper
def test_a_letter_that_no_font_has_is_named_and_never_drawn_as_an_empty_box(paper: Format) -> None:
    content = EXAMPLE.model_dump()
    content["consignor"]["name"] = "Example 부산 Co."
    with pytest.raises(DocumentError, match=r"U\+BD80"):
        paper.render(Consignment.model_validate(content))


def test_what_does_not_fit_stands_on_an_additional_sheet() -> None:
    content = EXAMPLE.model_dump()
    words = " ".join(f"word{number}" for number in range(240))
    content["remarks"] = [{"kind": "consignor_statement", "text": words[:2000]}]
    content["goods_items"] = [
        {**content["goods_items"][0], "number": number} for number in range(1, 40)
    ]
    consignment = Consignment.model_validate(content)
    for paper in NOTES:
        data = paper.render(consignment)
        text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)
        assert "Additional sheet" in text
        assert "see additional sheet" in text.replace("\n", " ")
        assert lost(paper, consignment, data) == []


@each_note
def test_each_sheet_of_a_note_can_be_had(paper: Format) -> None:
    data = paper.render(EXAMPLE, sheets=(1, 2, 3, 4, 5, 6))
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    assert len(pages) == (12 if paper is SMGS else 6)
    fields = pypdf.PdfReader(io.BytesIO(data)).get_fields() or {}
    assert any(name.startswith("sheet-6/") for name in fields)
    for sheets in ((), (7,), (0, 1)):
        with pytest.raises(DocumentError, match="sheets 1 to 6"):
            paper.render(EXAMPLE, sheets=sheets)


@each_note
def test_what_a_railway_fills_in_is_a_field(paper: Format) -> None:
    reader = pypdf.PdfReader(io.BytesIO(paper.render(EXAMPLE)))
    fields = reader.get_fields() or {}
    wanted = {"box-26", "box-27", "A-48"} if paper is SMGS else {"box-63", "box-67", "A-58"}
    names = {name.replace("А", "A") for name in fields}
    assert wanted <= names
    assert all(field["/FT"] == "/Tx" for field in fields.values())


@each_paper
def test_the_same_consignment_gives_the_same_bytes(paper: Format) -> None:
    assert paper.render(EXAMPLE, key=KEY) == paper.render(EXAMPLE, key=KEY)


@each_paper
def test_what_is_read_back_is_what_the_paper_carries(paper: Format) -> None:
    for consignment in (EXAMPLE, *map(random_consignment, range(6))):
        if writable(paper, consignment):
            read = paper.read
            assert read is not None
            found = read(paper.render(consignment, key=KEY))
            assert found.consignment == carried(consignment, paper.carries)
            assert (found.kind, found.left_over) == (paper.kind, ())


@given(consignments())
@settings(max_examples=15, deadline=None)
def test_a_draft_is_read_back_too(consignment: Consignment) -> None:
    assert SMGS.read is not None
    assert SMGS.read(SMGS.render(consignment)).consignment == carried(consignment, SMGS.carries)


@pytest.mark.slow
@each_paper
def test_a_thousand_consignments_are_read_back(paper: Format) -> None:
    assert paper.read is not None
    # Ten thousand are read back as XML and JSON; a paper is read from the same data.
    for seed in range(1_000):
        consignment = random_consignment(seed)
        if writable(paper, consignment):
            found = paper.read(paper.render(consignment))
            assert found.consignment == carried(consignment, paper.carries), seed


def test_a_paper_of_another_kind_is_told_apart() -> None:
    assert SMGS.read is not None
    with pytest.raises(DocumentError, match="'packing-list'"):
        SMGS.read(PACKING_LIST.render(EXAMPLE))


def test_a_declaration_of_nothing_dangerous_is_refused() -> None:
    harmless = EXAMPLE.model_copy(update={"goods_items": EXAMPLE.goods_items[2:]})
    assert not DANGEROUS_GOODS.wanted(harmless)
    with pytest.raises(DocumentError, match="no goods item has dangerous goods"):
        DANGEROUS_GOODS.render(harmless)


def test_what_was_typed_into_fields_is_left_over() -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(SMGS.render(EXAMPLE, key=KEY)))
    for page in writer.pages:
        for annotation in page.get("/Annots", []):
            widget = annotation.get_object()
            if widget["/T"] == "box-27":
                widget[pypdf.generic.NameObject("/V")] = pypdf.generic.TextStringObject(
                    "16.12.2026"
                )
    out = io.BytesIO()
    writer.write(out)
    assert SMGS.read is not None
    found = SMGS.read(out.getvalue())
    assert [(left.place, left.value) for left in found.left_over] == [
        ("field box-27", "16.12.2026")
    ]
    assert found.consignment == carried(EXAMPLE, SMGS.carries)


@each_paper
def test_the_code_on_the_paper_proves_it_without_the_file(paper: Format) -> None:
    pdfium = pytest.importorskip("pypdfium2")
    zxing = pytest.importorskip("zxingcpp")
    page = pdfium.PdfDocument(paper.render(EXAMPLE, key=KEY))[0]
    (code,) = zxing.read_barcodes(page.render(scale=200 / 72).to_numpy())
    claim = read_code(code.text, [KEY.public])
    assert claim.kind == paper.kind
    assert claim.reference == "EX-2026-000417"
    assert (claim.packages, claim.gross_mass_kg) == (850, "31380")
    assert claim.key_id == KEY.key_id
    with pytest.raises(SignatureError):
        read_code(code.text, [OTHER.public])
    with pytest.raises(SignatureError):
        read_code(code.text.replace("kervan:e", "kervan:f"), [KEY.public])


def test_the_signature_is_verified_on_reading() -> None:
    signed, draft = SMGS.render(EXAMPLE, key=KEY), SMGS.render(EXAMPLE)
    assert read_paper(signed, [OTHER.public, KEY.public]).signed_by == KEY.key_id
    assert read_paper(signed).signed_by is None
    with pytest.raises(SignatureError, match=KEY.key_id):
        read_paper(signed, [OTHER.public])
    with pytest.raises(SignatureError, match="draft"):
        read_paper(draft, [KEY.public])


def test_an_address_can_stand_before_the_claim() -> None:
    link = "https://example.org/verify.php?v=1&c="
    data = SMGS.render(EXAMPLE, key=KEY, link=link)
    assert read_paper(data, [KEY.public]).claim.kind == "smgs"
    with pytest.raises(DocumentError, match="sets it off"):
        SMGS.render(EXAMPLE, link="https://example.org/v")
    with pytest.raises(DocumentError, match="begin with"):
        read_code("https://elsewhere.example/", link=link)


def test_prices_and_guarantees_are_in_no_paper() -> None:
    for paper in PAPERS:
        found = read_paper(paper.render(EXAMPLE, key=KEY)).consignment
        assert all(item.value is None for item in found.goods_items)
        assert all(not procedure.guarantees for procedure in found.procedures)


def test_the_reference_explains_every_box() -> None:
    text = (Path(__file__).parents[2] / "docs/reference/documents/smgs.md").read_text("utf-8")
    smgs, _, common = text.partition("## Boxes of the CIM/SMGS note")
    for page, boxes in ((smgs, front.FRONT), (common, common_front.FRONT)):
        for box in boxes:
            assert not box.number.strip() or f"| {box.number} |" in page, box.number


def test_a_paper_is_told_by_its_first_bytes() -> None:
    for paper in PAPERS:
        head = paper.render(EXAMPLE)[:4096]
        assert [other.kind for other in PAPERS if other.recognises(head)] == [paper.kind]
    assert all(paper.recognises(b"%PDF-1.7\n") for paper in PAPERS)
    assert not any(paper.recognises(b"UNA:+.? '") for paper in PAPERS)


@pytest.fixture
def fonts_read_anew() -> Iterator[None]:
    yield
    for kept in (fonts.advances, fonts._chinese):
        kept.cache_clear()
    fonts.ready()


def test_a_font_for_chinese_can_be_named(
    monkeypatch: pytest.MonkeyPatch, fonts_read_anew: None
) -> None:
    for path, said in (("/nowhere/font.ttf", "cannot be read"), (str(font_files()[0]), r"U\+")):
        monkeypatch.setenv(fonts.OWN_CHINESE, path)
        for kept in (fonts.advances, fonts._chinese):
            kept.cache_clear()
        # DejaVu Sans has no Chinese: where it is named, Chinese is refused, not drawn as boxes.
        with pytest.raises(DocumentError, match=said):
            SMGS.render(EXAMPLE)
    monkeypatch.delenv(fonts.OWN_CHINESE)
