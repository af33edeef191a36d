"""Codes that must be in a published list or of a published form, whatever stands around them."""

from __future__ import annotations

import re
from collections.abc import Callable

from kervan.cargo.rules.findings import Fault
from kervan.cargo.rules.lists import known, nearest
from kervan.cargo.rules.scripts import code_fault, latin_twin, lookalikes, text_fault
from kervan.errors import InvalidRequestError
from kervan.feed.codes import commodity_exists

Judge = Callable[[str], Fault | None]

CUSTOMS_COUNTRIES = frozenset({"EU", "XI", "XK", "XS", "XC", "XL"})
"""Customs has these too: the Union, Northern Ireland, Kosovo, Serbia, Ceuta, Melilla."""

_LANGUAGES = frozenset(
    """
    aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs
    cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha
    he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn
    ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb
    nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd
    se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw
    ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
    """.split()  # noqa: SIM905
)
"""ISO 639-1, as published by the Library of Congress."""


def listed(list_id: str, what: str, mending: str) -> Judge:
    """Return a judge that asks whether a code is in a list that is here whole."""

    def judge(code: str) -> Fault | None:
        if code in known(list_id):
            return None
        return _unknown(what, code, nearest(list_id, code) or mending)

    return judge


def shaped(pattern: str, what: str, expected: str, mending: str, rule: str = "code") -> Judge:
    """Return a judge that asks whether a code has a form."""
    form = re.compile(pattern)

    def judge(code: str) -> Fault | None:
        if form.fullmatch(code):
            return None
        return Fault(
            rule, f"'{code}' is no {what}: expected {expected}.", lookalikes(code) or mending
        )

    return judge


def _unknown(what: str, code: str, mending: str) -> Fault:
    said = lookalikes(code)
    if said:
        return Fault(
            "lookalike",
            f"The {what} '{code}' has letters that only look Latin: {said}.",
            f"Write {latin_twin(code)}.",
        )
    return Fault("unknown-code", f"There is no {what} '{code}'.", mending)


def country(code: str) -> Fault | None:
    """Judge an ISO 3166-1 alpha-2 code, or one that customs adds."""
    if code in known("countries") or code in CUSTOMS_COUNTRIES:
        return None
    return _unknown(
        "country", code, nearest("countries", code) or "Write its ISO 3166-1 alpha-2 code."
    )


def territory(code: str) -> Fault | None:
    """Judge a customs territory: a union of customs, or a country."""
    return None if code == "EAEU" else country(code)


def language(code: str) -> Fault | None:
    """Judge an ISO 639-1 code."""
    return None if code in _LANGUAGES else _unknown("language", code, "Write its ISO 639-1 code.")


def hs_code(code: str) -> Fault | None:
    """Judge a code of the Harmonized System: six digits that there are."""
    if not re.fullmatch(r"[0-9]{6}", code):
        longer = re.fullmatch(r"([0-9]{6})[0-9]{2,6}", code)
        return Fault(
            "hs-code",
            f"'{code}' is no HS code: expected six digits, without points.",
            f"Write {longer[1]} here, and {code} under national_codes with its territory."
            if longer
            else "Write its six digits.",
        )
    if commodity_exists(code):
        return None
    return _unknown(
        "HS 2022 code",
        code,
        "Look the goods up in the nomenclature; the code may be of an older one.",
    )


def size_type(code: str) -> Fault | None:
    """Judge an ISO 6346 size-type code."""
    from kervan.equipment import equipment

    try:
        meant = equipment(code).code
    except InvalidRequestError:
        return _unknown(
            "ISO 6346 size-type", code, "Write the four characters on the door, such as 45G1."
        )
    if meant == code:
        return None
    return Fault("size-type", f"'{code}' is no ISO 6346 size-type code.", f"Write {meant}.")


_PLACE = re.compile(r"[A-Z]{2}([A-Z2-9]{3}|-[A-Z0-9]+(-[A-Z0-9]+)*)")


def place_id(code: str) -> Fault | None:
    """Judge the form of a UN/LOCODE, or of a feed's code: country, hyphen, name."""
    if _PLACE.fullmatch(code):
        return country(code[:2])
    return Fault(
        "place-code",
        f"'{code}' is no place: expected a UN/LOCODE such as KZAAU, or country, hyphen and name "
        "such as KZ-ALTYNKOL.",
        lookalikes(code) or "`kervan places NAME` finds codes.",
    )


def un_number(code: str) -> Fault | None:
    """Judge the form of a UN number; which there are, only an excerpt is at hand to say."""
    if re.fullmatch(r"[0-9]{4}", code):
        return None
    digits = re.sub(r"^UN\s*", "", code.upper())
    return Fault(
        "un-number",
        f"'{code}' is no UN number: expected four digits.",
        f"Write {digits}." if re.fullmatch(r"[0-9]{4}", digits) else "Write its four digits.",
    )


def hazard_class(code: str) -> Fault | None:
    """Judge a class or division, with the compatibility group of explosives."""
    if code in known("dangerous-goods-classes"):
        return None
    if re.fullmatch(r"1\.[1-6][A-HJ-LNS]", code):
        return None
    return _unknown(
        "hazard class", code, "Write the class or division: 3, 5.1, 1.4S; 2 is 2.1, 2.2 or 2.3."
    )


def document_kind(code: str) -> Fault | None:
    """Judge the kind of a document: UN/EDIFACT 1001, or a code of the EU (letter and digits)."""
    if code in known("document-names") or re.fullmatch(r"[0-9]?[A-Z][A-Z0-9]{2,3}", code):
        return None
    return _unknown(
        "document kind", code, nearest("document-names", code) or "Write its UN/EDIFACT 1001 code."
    )


packages = listed("packages", "package code of Recommendation 21", "CT carton, PX pallet, DR drum.")
unit = listed("units", "unit code of Recommendation 20", "KGM kilogram, LTR litre, H87 piece.")
incoterm = listed("incoterms", "Incoterms 2020 rule", "EXW, FCA, CPT, CIP, DAP, DPU, DDP …")


def currency(code: str) -> Fault | None:
    """Judge an ISO 4217 code of money that is paid in."""
    if code in known("currencies"):
        return None
    return _unknown("currency", code, nearest("currencies", code) or "Write its ISO 4217 code.")


email = shaped(
    r"[^\s@,;<>]+@[^\s@,;<>]+\.[^\s@,;<>.]{2,}",
    "e-mail address",
    "one address such as desk@example.com",
    "Write one address; put further ones under another party.",
    "email",
)
phone = shaped(
    r"\+?[0-9(][0-9 ().\-/]{4,24}([ ,;]*(ext\.?|x|доб\.?)? ?[0-9]{1,6})?",
    "telephone number",
    "digits, with + and the country's code before them",
    "Write it like +7 727 555 0100.",
    "phone",
)
packing_group = shaped("I{1,3}", "packing group", "I, II or III", "Write it in Roman figures.")
tunnel = shaped(
    r"[BCDE](/[CDE])?|B1000C|C5000D|-",
    "tunnel restriction code",
    "B, C, D, E or two of them such as D/E",
    "Write it as column 15 of ADR's table A has it.",
)
ems = shaped(
    r"F-[A-J], ?S-[A-Z]",
    "emergency schedule",
    "a fire and a spillage schedule such as F-E, S-D",
    "Write it as column 15 of the IMDG Code's list has it.",
)
nhm = shaped(r"[0-9]{6}([0-9]{2})?", "NHM code", "eight digits", "Write its eight digits.")
cus = shaped(r"[0-9]{7}-[0-9]", "CUS code", "seven digits, hyphen, digit", "See ECICS.")
railway = shaped(r"[0-9]{4}", "railway code", "four digits", "Write its RICS code.")
station = shaped(r"[0-9]{5,8}", "station code", "five to eight digits", "Digits alone.")
seal = shaped(
    r"[A-Za-z0-9][A-Za-z0-9 \-/.]{0,19}",
    "seal number",
    "up to 20 Latin letters and digits",
    "Write it as stamped on the seal.",
    "seal-number",
)
border_mode = shaped("[1-9]", "mode", "one digit of Recommendation 19", "1 sea, 2 rail, 3 road.")


def words(text: str) -> Fault | None:
    """Judge the characters of words."""
    return text_fault(text)


def characters(code: str) -> Fault | None:
    """Judge the characters of a code of which no more is known."""
    return code_fault(code)
