"""Everything that is wrong with a consignment, at once: form, sense, the law of the way.

The third depth has rules of its own that need the law in force (`kervan.cargo.law`); they are
handed in, so that form and sense can be checked without it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from kervan.cargo.consignment import Consignment
from kervan.cargo.form import check_form
from kervan.cargo.problems import Depth, Problem, json_path, steps_of
from kervan.cargo.reading import Reading
from kervan.cargo.rules.findings import Findings
from kervan.cargo.sense import check_sense

DEPTHS: tuple[Depth, ...] = ("form", "sense", "law")

LawCheck = Callable[[Consignment], Iterable[Problem]]
"""The third depth: the problems a consignment has with the law of its way, paths as in it.

Where the consignment was read with entries left out, `check` turns them into those of the file.
"""


def check(
    consignment: Consignment | None,
    reading: Reading | None = None,
    *,
    depths: Collection[Depth] = DEPTHS,
    law: LawCheck | None = None,
) -> tuple[Problem, ...]:
    """Return every problem of a consignment.

    Parameters
    ----------
    consignment
        What was read; None where nothing could be, and only the structure's problems are known.
    reading
        How it was read: its problems of structure are given first, and paths are those of the file.
    depths
        Which depths to check; the structure belongs to the form.
    law
        Checks the law of the way; without it that depth is left out.

    Returns
    -------
    tuple[Problem, ...]
        Problems of the structure first, then the rest by path, positions in their order.
    """
    structural = reading.problems if reading is not None and "form" in depths else ()
    if consignment is None:
        return tuple(structural)
    path = json_path if reading is None or not reading.positions else reading.path
    found: list[Problem] = []
    if "form" in depths:
        findings = Findings("form", path)
        check_form(consignment, findings)
        found += findings.all()
    if "sense" in depths:
        findings = Findings("sense", path)
        check_sense(consignment, findings)
        found += findings.all()
    if "law" in depths and law is not None:
        found += law(consignment)
        if path is not json_path:
            found = [
                replace(p, path=path(*steps_of(p.path))) if p.depth == "law" else p for p in found
            ]
    if not found:
        return tuple(structural)
    known = {problem.path for problem in structural}
    # A value that could not be read is missing for the rules; that has been said.
    found = [p for p in found if not (_is_of_missing(p) and p.path in known)]
    return (*structural, *sorted(found, key=_order))


def _is_of_missing(problem: Problem) -> bool:
    return problem.rule == "form.missing" or problem.depth == "law"


def _order(problem: Problem) -> tuple[list[tuple[bool, int, str]], int, str]:
    steps = problem.path.replace("[", ".[").split(".")
    places = [
        (False, int(step[1:-1]), "") if step.startswith("[") else (True, 0, step) for step in steps
    ]
    return places, DEPTHS.index(problem.depth), problem.rule
