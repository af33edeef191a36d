"""What was expected of a cell that cannot be read, and how to mend it.

Most bad cells were good until a spreadsheet saw them: dates become serial numbers, times become
fractions, codes lose their zeros. Each of these is recognised and told how to be undone.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from kervan.feed.cells import codes_of
from kervan.feed.nearest import did_you_mean, nearest
from kervan.feed.schema import Column

_EXPECTED = {
    "integer": "a whole number like 12",
    "number": "a number like 12.5, with a decimal point and no unit",
    "decimal": "an amount like 1250.00, with a decimal point and no currency sign",
    "boolean": "true or false (upper or lower case)",
    "date": "a date as YYYY-MM-DD",
    "time": "a clock time as HH:MM, from 00:00 to 24:00",
}
_LONGEST_NUMBER = 60
_AS_TEXT = "Format the column as text before typing or pasting into it."
_TRUE = frozenset(("1", "yes", "y", "t", "on", "да", "иә", "evet", "bəli", "კი", "ha", "是"))
_FALSE = frozenset(("0", "no", "n", "f", "off", "нет", "жоқ", "hayır", "xeyr", "არა", "yo'q", "否"))
_SCIENTIFIC = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]+")
_USED_INSTEAD = {
    "UK": "GB",
    "EL": "GR",
    "TUR": "TR",
    "KAZ": "KZ",
    "UZB": "UZ",
    "AZE": "AZ",
    "GEO": "GE",
    "CHN": "CN",
    "RUS": "RU",
    "RMB": "CNY",
    "CNH": "CNY",
    "TRL": "TRY",
    "YTL": "TRY",
    "TL": "TRY",
    "RUR": "RUB",
    "AZM": "AZN",
    "TMM": "TMT",
    "BYR": "BYN",
    "$": "USD",
    "US$": "USD",
    "€": "EUR",
    "₾": "GEL",
    "₸": "KZT",
    "₼": "AZN",
    "₺": "TRY",
    "£": "GBP",
    "¥": "CNY",
}


def explain(column: Column, rule: str, text: str) -> tuple[str, str]:
    """Return what was expected of a cell and how to mend it, each as a sentence.

    Parameters
    ----------
    column
        Column of the cell.
    rule
        Rule it breaks, as its :class:`kervan.feed.cells.Fault` names it.
    text
        What stands in it.
    """
    text = text.strip()
    match rule:
        case "required":
            return "The cell is blank, but the column is required.", "Fill it in."
        case "control-character":
            return (
                "The text holds a control character.",
                "Delete it and type the text again; it usually comes from copying out of a PDF.",
            )
        case "spreadsheet-error":
            return (
                f"'{text}' is a spreadsheet's error, not a value.",
                "Mend the formula, or paste the value in its place.",
            )
        case "empty-item":
            return (
                "The list has an empty item.",
                "Separate the items by one semicolon and put none at the end: KZ;AZ;GE.",
            )
        case "range":
            return _range(column), _mend_range(column, text)
        case "choice":
            return _choice(column, text)
        case "code":
            return _code(column, text)
        case "pattern":
            return _pattern(column, text)
        case _:
            return (
                f"'{_short(text)}' is not {_EXPECTED[column.kind]}.",
                _MENDERS[column.kind](text),
            )


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


def _range(column: Column) -> str:
    if column.minimum is not None and column.maximum is not None:
        return f"The value must lie between {column.minimum:g} and {column.maximum:g}."
    if column.minimum is not None:
        return f"The value must be {column.minimum:g} or more."
    if column.maximum is not None:
        return f"The value must be {column.maximum:g} or less."
    return "The number is too large to be held."


def _mend_range(column: Column, text: str) -> str:
    if column.name == "latitude_deg":
        return "Check whether latitude and longitude have been exchanged."
    if text.startswith("-"):
        return "Remove the minus sign, or leave the cell blank if the figure is not known."
    return "Check the figure and its unit."


def _choice(column: Column, text: str) -> tuple[str, str]:
    choices = column.choices or ()
    allowed = ", ".join(choices)
    wrong = [item for item in _items(column, text) if item not in choices]
    word = wrong[0] if wrong else text
    expected = f"'{_short(word)}' is not one of: {allowed}."
    if column.many and "," in word:
        return expected, "Separate the items by semicolons."
    return expected, did_you_mean(word, choices, "Use one of these words.")


_CODE_LISTS = {
    "country": ("an ISO 3166-1 alpha-2 country code", "Use a code like KZ."),
    "currency": ("an ISO 4217 currency code", "Use a code like USD."),
    "timezone": ("an IANA time zone", "Use a name like Asia/Almaty."),
}


def _code(column: Column, text: str) -> tuple[str, str]:
    name, otherwise = _CODE_LISTS[column.code or "country"]
    known = codes_of(column.code or "country")
    wrong = [item for item in _items(column, text) if item not in known]
    word = wrong[0] if wrong else text
    expected = f"'{_short(word)}' is not {name}."
    if column.many and "," in word:
        return expected, "Separate the items by semicolons: KZ;AZ;GE."
    if word.upper() in known:
        return expected, f"Write it in capitals: {word.upper()}."
    if word.upper() in _USED_INSTEAD and _USED_INSTEAD[word.upper()] in known:
        return expected, f"The code is {_USED_INSTEAD[word.upper()]}."
    if column.code == "timezone":
        return expected, did_you_mean(word, sorted(known), otherwise)
    by_name = _code_by_name(column.code or "country", word)
    return expected, f"The code is {by_name}." if by_name else otherwise


def _code_by_name(code: str, word: str) -> str | None:
    from kervan.feed.codes import countries, currencies

    names = countries() if code == "country" else currencies()
    found = nearest(word, names.values()) if len(word) > 3 else None
    return next((key for key, name in names.items() if name == found), None)


def _pattern(column: Column, text: str) -> tuple[str, str]:
    wrong = [i for i in _items(column, text) if not re.fullmatch(column.pattern or "", i, re.ASCII)]
    word = wrong[0] if wrong else text
    expected = f"'{_short(word)}' is not written as the column asks: {_asked(column)}."
    if _SCIENTIFIC.fullmatch(word):
        return expected, f"A spreadsheet has turned a long code into a number. {_AS_TEXT}"
    if re.fullmatch(r"[0-9]+\.0+", word):
        return expected, f"A spreadsheet has turned a code into a number: {word.split('.')[0]}?"
    if column.name == "commodity_prefixes" and re.fullmatch("[0-9]", word):
        return expected, f"A spreadsheet may have dropped a leading zero: 0{word}. {_AS_TEXT}"
    if column.many and "," in word:
        return expected, "Separate the items by semicolons."
    if re.fullmatch(column.pattern or "", word.upper(), re.ASCII):
        return expected, f"Write it in capitals: {word.upper()}."
    spaceless = re.sub(r"\s+", "" if column.name.endswith("place_id") else "-", word)
    if spaceless != word and re.fullmatch(column.pattern or "", spaceless, re.ASCII):
        return expected, f"Write it without spaces: {spaceless}."
    return expected, "Write it so, and wherever it is referred to."


def _asked(column: Column) -> str:
    if column.name == "place_id":
        return "UN/LOCODE without the space (CNXIY), or country, hyphen and name (KZ-ALTYNKOL)"
    if column.name in ("origin", "destination"):
        star = ", or *" if column.pattern and column.pattern.startswith(r"\*") else ""
        return f"a place (CNXIY), a country (KZ){star}"
    if column.name == "equipment":
        return "the beginning of an ISO 6346 size-type code, like 2, 45 or 45R1"
    if column.name == "commodity_prefixes":
        return "two to ten digits of an HS code"
    if column.name == "waypoints":
        return "lon lat;lon lat"
    return "letters, digits, hyphens, dots and underscores, beginning with a letter or digit"


def _items(column: Column, text: str) -> list[str]:
    return [item.strip() for item in text.split(";")] if column.many else [text]


def _mend_number(text: str) -> str:
    if len(text) > _LONGEST_NUMBER:
        return "Write a number of a few digits; this is longer than any figure of a feed."
    squeezed = re.sub(r"[\s' ]", "", text)
    if re.fullmatch(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?", squeezed) and "." in squeezed:
        return f"Leave out the thousands separator: {squeezed.replace(',', '')}."
    if re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{3})+,[0-9]+", squeezed):
        return f"Write it {squeezed.replace('.', '').replace(',', '.')}."
    if re.fullmatch(r"-?[0-9]{1,3},[0-9]{3}", squeezed):
        pointed, joined = squeezed.replace(",", "."), squeezed.replace(",", "")
        return f"Write {pointed} or {joined}, whichever is meant: the comma can be read both ways."
    if re.fullmatch(r"-?[0-9]+,[0-9]+", squeezed):
        return f"Use a decimal point: {squeezed.replace(',', '.')}."
    if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", squeezed):
        return f"Leave out the spaces: {squeezed}."
    unit = re.fullmatch(
        r"[^0-9\-]{0,4}(-?[0-9]+(?:\.[0-9]+)?)[^0-9]{1,12}|[$€£¥₸₾₼₺](.+)", squeezed
    )
    if unit and (number := unit[1] or unit[2]):
        return f"Write the bare number: {number}; the unit stands in the column's name."
    return "Write a number, or leave the cell blank where it is not known and the column allows it."


def _mend_integer(text: str) -> str:
    whole = re.fullmatch(r"(-?[0-9]+)[.,]0+", text)
    return f"Write {whole[1]}." if whole else _mend_number(text)


def _mend_boolean(text: str) -> str:
    if text.casefold() in _TRUE:
        return "Write true."
    if text.casefold() in _FALSE:
        return "Write false."
    return "Write true or false."


def _mend_date(text: str) -> str:
    if re.fullmatch(r"[0-9]{5}(\.[0-9]+)?", text) and 10000 <= float(text) <= 80000:
        day = date(1899, 12, 30) + timedelta(days=int(float(text)))
        return f"This is how a spreadsheet stores {day}. Write {day}. {_AS_TEXT}"
    if stamp := re.fullmatch(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ].*", text):
        return f"Leave out the time of day: {stamp[1]}."
    if parts := re.fullmatch(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})", text):
        return _written_as(int(parts[1]), int(parts[2]), int(parts[3]))
    if parts := re.fullmatch(r"([0-9]{4})([0-9]{2})([0-9]{2})", text):
        return _written_as(int(parts[1]), int(parts[2]), int(parts[3]))
    if parts := re.fullmatch(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})", text):
        return _written_as(int(parts[3]), int(parts[2]), int(parts[1]))
    if parts := re.fullmatch(r"([0-9]{1,2})[/-]([0-9]{1,2})[/-]([0-9]{4})", text):
        first, second, year = int(parts[1]), int(parts[2]), int(parts[3])
        readings = {_day(year, second, first), _day(year, first, second)} - {None}
        if len(readings) == 2:
            either = " or ".join(sorted(str(day) for day in readings))
            return f"Write {either}, whichever is meant: the day and the month cannot be told."
        if readings:
            return f"Write {readings.pop()}."
    if re.fullmatch(r"[0-9]{1,2}[- .]?[A-Za-z]{3,9}|[A-Za-z]{3,9}[- .]?[0-9]{1,2}", text):
        return f"The year is missing; a spreadsheet made this of something else. {_AS_TEXT}"
    if re.fullmatch(r"[0-9]{4}(-[0-9]{2})?", text):
        return "Write the day as well, like 2026-01-01."
    return "Write year, month and day like 2026-02-28."


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _written_as(year: int, month: int, day: int) -> str:
    found = _day(year, month, day)
    if found is None:
        return "There is no such day in the calendar; check the day and the month."
    return f"Write {found}."


def _mend_time(text: str) -> str:
    if re.fullmatch(r"[01]?[.,][0-9]+|0|1", text) and float(text.replace(",", ".")) <= 1:
        minutes = round(float(text.replace(",", ".")) * 1440)
        clock = f"{minutes // 60:02d}:{minutes % 60:02d}"
        return f"This is how a spreadsheet stores {clock}. Write {clock}. {_AS_TEXT}"
    if parts := re.fullmatch(r"([0-9]{1,2})[:.h]([0-9]{2})(:[0-9]{2})?\s*([aApP])\.?[mM]\.?", text):
        hour = int(parts[1]) % 12 + (12 if parts[4] in "pP" else 0)
        return f"Write {hour:02d}:{parts[2]}."
    if parts := re.fullmatch(r"([0-9]{1,2})[:.h]([0-9]{2})(:[0-9]{2}(\.[0-9]+)?)?", text):
        hour, minute = int(parts[1]), int(parts[2])
        if hour < 24 and minute < 60:
            return f"Write {hour:02d}:{minute:02d}."
        if hour >= 24 and minute < 60:
            return f"Write {hour % 24:02d}:{minute:02d} and add {hour // 24} to the _day column."
    if parts := re.fullmatch(r"([01][0-9]|2[0-3])([0-5][0-9])", text):
        return f"Write {parts[1]}:{parts[2]}."
    return "Write hours and minutes like 06:30."


_MENDERS = {
    "integer": _mend_integer,
    "number": _mend_number,
    "decimal": _mend_number,
    "boolean": _mend_boolean,
    "date": _mend_date,
    "time": _mend_time,
}
