"""Options that more than one command has, with one wording: read as ``@feed_option``."""

from __future__ import annotations

from pathlib import Path

import click

PATH = click.Path(path_type=Path)
"""A file or folder, given to the command as a ``Path``."""

DAY = click.DateTime(["%Y-%m-%d"])
"""A day, YYYY-MM-DD, given to the command as a ``datetime`` at midnight."""

feed_option = click.option(
    "--feed",
    "path",
    type=PATH,
    metavar="PATH",
    help="Corridor feed; the shipped Middle Corridor unless given.",
)
"""The feed a command reads, as ``path``; None for the shipped one."""

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON instead of text, for programs."
)
"""Whether a command prints JSON, as ``as_json``."""

json_summary_option = click.option(
    "--json", "as_json", is_flag=True, help="Print a summary as JSON, for programs."
)
"""The same for a command that writes files, and prints what it wrote."""

strict_option = click.option("--strict", is_flag=True, help="Count warnings as errors.")
"""Whether warnings fail a check, as ``strict``."""

day_option = click.option(
    "--day",
    type=DAY,
    metavar="DATE",
    help="Day of acceptance, YYYY-MM-DD; today unless given, or the feed's nearest day.",
)
"""The day of a tariff, as ``day``; None for the nearest that the feed speaks for."""

known_on_option = click.option(
    "--known-on",
    type=DAY,
    metavar="DATE",
    help="Price by what was on record on a day; all that has been recorded unless given.",
)
"""The day of the record, as ``known_on``; None for all that has been recorded."""

combination_option = click.option(
    "--combination",
    type=click.Choice(["lowest", "through_first"]),
    default="lowest",
    show_default=True,
    help="How through rates and sections are combined.",
)
"""How through rates and sections are combined, as ``combination``."""

offer_number_option = click.option(
    "--number", default=1, show_default=True, help="Which offer of the quote."
)
"""Which offer of a quote is meant, counted from 1, as ``number``."""
