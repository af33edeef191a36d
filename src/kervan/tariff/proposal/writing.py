"""The curve of a proposal as a file: a picture, a page, or a table."""

from __future__ import annotations

import csv
import html
import io
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kervan.errors import InvalidRequestError
from kervan.tariff.proposal.chart import curve_picture
from kervan.tariff.proposal.curve import Point, curve, rates_to_show
from kervan.tariff.proposal.propose import Proposal
from kervan.tariff.proposal.wording import (
    CURVE_HEAD,
    PART_HEAD,
    SCENARIO_HEAD,
    curve_rows,
    marks,
    part_rows,
    proposal_lines,
    scenario_rows,
    title,
)

FORMS = (".png", ".svg", ".html", ".csv", ".xlsx")
_ROWS = 101
_HEADING_FILL = "FFDDE5EE"
_COLUMNS = ("rate", "share", "teu", "revenue", "contribution", "elasticity", "remark")

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; color: #1b1f24; background: #fff;
  max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }}
h1 {{ font-size: 1.3rem; }} h2 {{ font-size: 1.1rem; margin-top: 2rem; }}
figure {{ margin: 0; }} figure svg {{ width: 100%; height: auto; }}
div.wide {{ overflow-x: auto; }} table {{ border-collapse: collapse; font-size: .9rem; }}
th, td {{ text-align: right; padding: .2rem .7rem; border-bottom: 1px solid #dde1e5; }}
th:first-child, td:first-child {{ text-align: left; }} th {{ background: #eef2f6; }}
</style></head><body>
<h1>{title}</h1>
<figure role="img" aria-label="{label}">{picture}</figure>
<h2>The curve</h2>{curve}
<h2>If things are otherwise</h2>{scenarios}
<h2>The split</h2>{parts}{reasons}
</body></html>
"""


def check_form(path: Path) -> None:
    """Refuse a name that no form of curve has, before any work is done.

    Raises
    ------
    InvalidRequestError
        If the name ends in none of :data:`FORMS`, or is not in a folder that exists.
    """
    if path.suffix.lower() not in FORMS:
        raise InvalidRequestError(
            f"'{path.name}' names no form of curve; end it in {', '.join(FORMS[:-1])} or "
            f"{FORMS[-1]}."
        )
    check_folder(path)


def check_folder(path: Path) -> None:
    """Refuse a file that has no folder to be written to, before any work is done.

    Raises
    ------
    InvalidRequestError
        If the path is a folder itself, or is not in one that exists.
    """
    if path.is_dir() or not path.parent.is_dir():
        wrong = "it is a folder" if path.is_dir() else f"there is no folder {path.parent}"
        raise InvalidRequestError(
            f"{path} cannot be written: {wrong}. Name a file in a folder that exists."
        )


def write_curve(proposal: Proposal, path: Path, names: Mapping[str, str]) -> None:
    """Write the curve; what is at the path is replaced only once all of it is written.

    Parameters
    ----------
    proposal
        The proposal.
    path
        ``.png`` and ``.svg`` give a picture, ``.html`` a page that needs no network, ``.csv`` the
        curve as a table, ``.xlsx`` a workbook with the split and the scenarios too. Pictures need
        Kervan's extra ``png``.
    names
        Names of places and carriers by their ids.

    Raises
    ------
    InvalidRequestError
        If the name has another ending, the file cannot be written, or the extra is missing.
    """
    check_form(path)
    form = path.suffix.lower()
    if form in (".png", ".svg"):
        content = curve_picture(proposal, names, form[1:])
    elif form == ".html":
        content = _html(proposal, names).encode()
    elif form == ".csv":
        content = _csv(proposal).encode()
    else:
        content = _excel(proposal, names)
    write_whole(path, content)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file; what is at the path is replaced only once all of it is written.

    Raises
    ------
    InvalidRequestError
        If the file cannot be written.
    """
    beside: Path | None = None
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=path.suffix)
        beside = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        mask = os.umask(0)
        os.umask(mask)
        beside.chmod(0o666 & ~mask)
        beside.replace(path)
    except OSError as error:
        raise InvalidRequestError(
            f"{path} cannot be written: {error.strerror or error}. Name a file in a folder that "
            "exists and may be written to."
        ) from error
    finally:
        if beside is not None:
            beside.unlink(missing_ok=True)


def curve_points(proposal: Proposal) -> tuple[Point, ...]:
    """Return about a hundred rates over the bounds, and the proposed one."""
    others = [proposal.decision.rate]
    if proposal.current is not None:
        others.append(proposal.current.rate)
    rates = rates_to_show(proposal.relation, _ROWS, others)
    return curve(proposal.relation, proposal.demand, proposal.decision, proposal.unit_cost, rates)


def _csv(proposal: Proposal) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for point in curve_points(proposal):
        writer.writerow(
            [
                f"{point.rate:f}",
                f"{point.share:.6f}",
                f"{point.teu:.2f}",
                f"{point.revenue:.2f}",
                f"{point.contribution:.2f}",
                f"{point.elasticity:.4f}",
                "; ".join(marks(proposal, point)),
            ]
        )
    return out.getvalue()


def _html(proposal: Proposal, names: Mapping[str, str]) -> str:
    svg = curve_picture(proposal, names, "svg").decode()
    heading = html.escape(title(proposal, names))
    found = proposal.proposed
    label = html.escape(
        f"Contribution, revenue and volume over the rate. Proposed {found.rate:,.2f}: "
        f"{found.teu:,.0f} TEU a year, contribution {found.contribution:,.0f}.",
        quote=True,
    )
    reasons = "".join(
        f"<p><b>{html.escape(names.get(part.carrier_id, part.carrier_id))}</b>: "
        f"{html.escape(part.reason)}</p>"
        for part in proposal.parts
    )
    return _PAGE.format(
        title=heading,
        label=label,
        picture=svg[svg.index("<svg") :],
        curve=_html_table(CURVE_HEAD, curve_rows(proposal)),
        scenarios=_html_table(SCENARIO_HEAD, scenario_rows(proposal)),
        parts=_html_table(PART_HEAD, part_rows(proposal)),
        reasons=reasons,
    )


def _html_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    headings = "".join(f'<th scope="col">{html.escape(text)}</th>' for text in head)
    body = "".join(
        f"<tr>{''.join(f'<td>{html.escape(text)}</td>' for text in row)}</tr>" for row in rows
    )
    table = f"<table><thead><tr>{headings}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="wide">{table}</div>'


def _excel(proposal: Proposal, names: Mapping[str, str]) -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Font, PatternFill

    from kervan.tariff.sheet.write import excel_safe

    book = Workbook()
    sheets: dict[str, list[tuple[object, ...]]] = {
        "Proposal": [(line,) for line in proposal_lines(proposal, names)],
        "Curve": [
            _COLUMNS,
            *(
                (
                    float(point.rate),
                    point.share,
                    point.teu,
                    point.revenue,
                    point.contribution,
                    point.elasticity,
                    "; ".join(marks(proposal, point)),
                )
                for point in curve_points(proposal)
            ),
        ],
        "Split": [
            ("carrier", "share", "unit", "year", "variable cost", "contribution", "reason"),
            *(
                (
                    part.carrier_id,
                    float(part.share),
                    part.unit.major,
                    part.year.major,
                    part.cost.major,
                    part.contribution.major,
                    part.reason,
                )
                for part in proposal.parts
            ),
        ],
    }
    formats = {
        "Curve": ("#,##0.00", "0.0%", "#,##0", "#,##0", "#,##0", "0.00", "@"),
        "Split": ("@", "0.00%", *("#,##0.00",) * 4, "@"),
    }
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([excel_safe(v) if isinstance(v, str) else v for v in row])
        if name == "Proposal":
            sheet.column_dimensions["A"].width = 120
            for cell in sheet["A"]:
                cell.font = Font(name="Consolas", size=10)
            continue
        sheet.freeze_panes = "A2"
        for cell in sheet[1]:
            cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor=_HEADING_FILL)
        for cells, form in zip(sheet.iter_cols(min_row=2), formats[name], strict=True):
            sheet.column_dimensions[cells[0].column_letter].width = 16
            for cell in cells:
                cell.number_format = form
    _excel_chart(book["Curve"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _excel_chart(sheet: Any) -> None:
    """Draw revenue and contribution over the rate beside the table."""
    from openpyxl.chart import Reference, ScatterChart, Series

    chart = ScatterChart()
    chart.style, chart.width, chart.height = 13, 22, 12
    chart.x_axis.title, chart.y_axis.title = "rate", "a year"
    chart.x_axis.delete = chart.y_axis.delete = False
    last = sheet.max_row
    rates = Reference(sheet, min_col=1, min_row=2, max_row=last)
    for column in (4, 5):
        values = Reference(sheet, min_col=column, min_row=1, max_row=last)
        series = Series(values, rates, title_from_data=True)
        series.marker.symbol = "none"
        chart.series.append(series)
    chart.x_axis.scaling.min = sheet.cell(2, 1).value
    chart.x_axis.scaling.max = sheet.cell(last, 1).value
    sheet.add_chart(chart, "I2")
