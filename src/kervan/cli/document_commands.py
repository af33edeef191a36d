"""``kervan document``: every paper and message out of a consignment, and back into one."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from kervan.cli.document_elements import elements
from kervan.cli.options import PATH, json_option, json_summary_option
from kervan.cli.refusal import BAD_INPUT, refuse
from kervan.cli.terminal import number_of, plain, print_error, print_json, working

if TYPE_CHECKING:
    from kervan.documents.format import Format, ReadDocument

RENDER, READ, LIST = "document-render.v1", "document-read.v1", "document-list.v1"
VERIFY = "document-verify.v1"


def complete_kind(
    ctx: click.Context, param: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Complete the kinds of documents."""
    del ctx, param
    from kervan.documents.formats import FORMATS

    return [CompletionItem(kind) for kind in ("all", *FORMATS) if kind.startswith(incomplete)]


@click.group()
def document() -> None:
    """Write and read the papers and messages of a consignment.

    \b
    Examples:
      kervan document list
      kervan document render consignment.json --as all --out papers/
      kervan document read declaration.xml --out consignment.json
      kervan document elements consignment.json
    """


@document.command(name="list")
@json_option
@click.pass_context
def list_documents(ctx: click.Context, as_json: bool) -> None:
    """List the documents and messages there are.

    \b
    Examples:
      kervan document list
      kervan document list --json

    Exit status: 0. The JSON is described by document-list.v1.json.
    """
    from kervan.documents.format import DocumentError
    from kervan.documents.formats import document_formats

    try:
        formats = tuple(document_formats())
    except DocumentError as error:
        refuse(ctx, LIST, error, as_json, otherwise="missing-package")
    if as_json:
        entries = [
            {
                "kind": f.kind,
                "title": f.title,
                "standard": f.standard,
                "suffix": f.suffix,
                "is_read": f.read is not None,
                "carries": sorted(f.carries),
            }
            for f in formats
        ]
        print_json({"schema": LIST, "ok": True, "documents": entries})
        return
    _print_list(formats)


def _print_list(formats: tuple[Format, ...]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("kind", "document", "standard", "read back")
    for found in formats:
        table.add_row(
            found.kind, found.title, found.standard, "yes" if found.read is not None else "no"
        )
    Console().print(table)


@document.command()
@click.argument("consignment", type=PATH)
@click.option(
    "--as",
    "kinds",
    multiple=True,
    metavar="KIND",
    shell_complete=complete_kind,
    help="Document to write, or all; may be given again. Those the way asks for unless given.",
)
@click.option(
    "--out",
    type=PATH,
    default=Path(),
    metavar="DIR",
    help="Folder to write to, made where it is missing; this one unless given.",
)
@click.option(
    "--version",
    metavar="VERSION",
    help="Version of the standard, for documents that have several; the newest unless given.",
)
@click.option(
    "--procedure",
    type=click.IntRange(min=1),
    metavar="N",
    help="Number of the customs procedure a declaration is of; the first that fits unless given.",
)
@click.option(
    "--key",
    type=PATH,
    metavar="FILE",
    help="Private key (PEM or JWK) to sign with, for documents that are signed.",
)
@json_summary_option
@click.pass_context
def render(
    ctx: click.Context,
    consignment: Path,
    kinds: tuple[str, ...],
    out: Path,
    version: str | None,
    procedure: int | None,
    key: Path | None,
    as_json: bool,
) -> None:
    """Write documents of the CONSIGNMENT, a file of the form consignment.v1.

    Each file is named after the consignment's reference and the document. What cannot be written
    is named with what it lacks, and the others are written all the same. Of `all`, what the way
    does not ask for and cannot be written is named as such, and does not count.

    \b
    Examples:
      kervan document render consignment.json --out papers/
      kervan document render consignment.json --as ncts-cc015c --version 60.4 --out papers/
      kervan document render consignment.json --as all --key signing.pem --out papers/

    Exit status: 0; 1 where a document could not be written; 2 for bad input. The JSON is described
    by document-render.v1.json.
    """
    from kervan.cargo.reading import read_consignment
    from kervan.documents.format import DocumentError
    from kervan.documents.formats import document_format, known_kinds, wanted_formats
    from kervan.errors import KervanError

    try:
        cargo = read_consignment(consignment)
        if kinds:
            formats = tuple(document_format(kind) for kind in known_kinds(kinds))
        else:
            formats = wanted_formats(cargo)
        options = _options(version, procedure, key)
        out.mkdir(parents=True, exist_ok=True)
        written: list[dict[str, Any]] = []
        with working() as show:
            for done, found in enumerate(formats):
                if show is not None:
                    show("writing documents", done, len(formats))
                entry: dict[str, Any] = {"kind": found.kind, "path": None, "refused": None}
                chosen = {name: v for name, v in options.items() if name in found.takes}
                try:
                    data = found.render(cargo, **chosen)
                except DocumentError as error:
                    entry["refused"] = plain(error)
                    # Of all there are, some are of other ways: that one cannot be had is no fault.
                    entry["wanted"] = "all" not in kinds or found.wanted(cargo)
                else:
                    path = out / f"{_file_name(cargo.reference)}.{found.kind}{found.suffix}"
                    path.write_bytes(data)
                    entry["path"] = plain(path)
                written.append(entry)
    except KervanError as error:
        refuse(ctx, RENDER, error, as_json, otherwise="bad-consignment")
    except OSError as error:
        refuse(ctx, RENDER, _not_written(out, error), as_json, otherwise="not-written")
    refused = [entry for entry in written if entry["refused"] and entry["wanted"]]
    if as_json:
        print_json({"schema": RENDER, "ok": not refused, "documents": written})
    else:
        for entry in written:
            if entry["refused"] and not entry["wanted"]:
                click.echo(f"{entry['kind']}: not of this way. {entry['refused']}", err=True)
            elif entry["refused"]:
                click.echo(f"{entry['kind']}: not written. {entry['refused']}", err=True)
            else:
                click.echo(entry["path"])
        done = sum(entry["path"] is not None for entry in written)
        click.echo(f"{number_of(done, 'document')} written, {len(refused)} not.", err=True)
    ctx.exit(1 if refused else 0)


def _options(version: str | None, procedure: int | None, key: Path | None) -> dict[str, Any]:
    """Return the options given, as the formats name them."""
    options: dict[str, Any] = {}
    if version is not None:
        options["version"] = version
    if procedure is not None:
        options["procedure"] = procedure
    if key is not None:
        from kervan.documents.formats import file_bytes
        from kervan.documents.signing import load_signing_key

        options["key"] = load_signing_key(file_bytes(key))
    return options


def _file_name(reference: str) -> str:
    return "".join(c if c.isalnum() or c in "-_" else "_" for c in reference)


def _not_written(out: Path, error: OSError) -> Exception:
    from kervan.documents.format import DocumentError

    return DocumentError(f"Nothing can be written to {out}: {error.strerror}.")


@document.command()
@click.argument("file", type=PATH)
@click.option(
    "--as",
    "kind",
    metavar="KIND",
    shell_complete=complete_kind,
    help="What the file is; recognised unless given.",
)
@click.option("--out", type=PATH, metavar="JSON", help="Write the consignment to a file.")
@json_option
@click.pass_context
def read(ctx: click.Context, file: Path, kind: str | None, out: Path | None, as_json: bool) -> None:
    """Read a document or message in FILE, and say what it says.

    What it says that a consignment has no element for is listed as left over, so that nothing is
    lost on the quiet.

    \b
    Examples:
      kervan document read declaration.xml
      kervan document read manifest.xlsx --as manifest --out consignment.json
      kervan document read note.edi --json

    Exit status: 0; 2 where it cannot be read. The JSON is described by document-read.v1.json.
    """
    from kervan.cargo.reading import write_consignment
    from kervan.documents.formats import read_document
    from kervan.errors import KervanError

    try:
        found = read_document(file, kind)
        if out is not None:
            out.write_text(write_consignment(found.consignment) + "\n", encoding="utf-8")
    except KervanError as error:
        refuse(ctx, READ, error, as_json, otherwise="bad-document")
    except OSError as error:
        refuse(ctx, READ, _not_written(out or file, error), as_json, otherwise="not-written")
    if as_json:
        print_json(
            {
                "schema": READ,
                "ok": True,
                "kind": found.kind,
                "version": found.version,
                "consignment": found.consignment.model_dump(mode="json", exclude_defaults=True),
                "left_over": [{"place": o.place, "value": o.value} for o in found.left_over],
            }
        )
        return
    _print_read(found, out)


def _print_read(found: ReadDocument, out: Path | None) -> None:
    from kervan.documents.formats import document_format

    cargo = found.consignment
    click.echo(plain(f"{document_format(found.kind).title}, {found.version}"))
    click.echo(plain(f"consignment {cargo.reference}"))
    for role in ("consignor", "consignee"):
        party = getattr(cargo, role)
        if party is not None and party.name:
            click.echo(plain(f"  {role}: {party.name}"))
    for item in cargo.goods_items:
        mass = "" if item.gross_mass_kg is None else f", {item.gross_mass_kg:f} kg gross"
        what = item.description or item.hs_code or "not described"
        click.echo(plain(f"  item {item.number}: {what}{mass}"))
    for unit in cargo.equipment:
        click.echo(plain(f"  equipment {unit.number} {unit.size_type or ''}".rstrip()))
    if found.left_over:
        click.echo(f"{number_of(len(found.left_over), 'value')} left over:")
        for left in found.left_over:
            click.echo(plain(f"  {left.place}: {left.value}"))
    if out is not None:
        click.echo(plain(f"Consignment written to {out}."))


document.add_command(elements)


@document.command(name="key")
@click.argument("file", type=PATH)
@click.pass_context
def make_key(ctx: click.Context, file: Path) -> None:
    """Make a key to sign papers with: FILE.pem, private, and FILE.pub.pem, to hand out.

    Ed25519. Keep the private file to yourself; no file that is there is overwritten.

    \b
    Examples:
      kervan document key signing
      kervan document render consignment.json --key signing.pem --out papers/

    Exit status: 0; 2 where it cannot be written.
    """
    from kervan.documents.format import DocumentError
    from kervan.documents.signing import generate_key

    private, public = Path(f"{file}.pem"), Path(f"{file}.pub.pem")
    try:
        key = generate_key()
        private.touch(mode=0o600, exist_ok=False)
        private.write_bytes(key.to_pem())
        with public.open("xb") as opened:
            opened.write(key.public.to_pem())
    except FileExistsError as error:
        print_error(f"{error.filename} is there already, and a key is never overwritten.")
        ctx.exit(BAD_INPUT)
    except OSError as error:
        print_error(_not_written(private, error))
        ctx.exit(BAD_INPUT)
    except DocumentError as error:
        print_error(error)
        ctx.exit(BAD_INPUT)
    click.echo(plain(f"{private}, {public}: key {key.key_id}"))


@document.command()
@click.argument("paper", type=PATH)
@click.option(
    "--key",
    "keys",
    type=PATH,
    multiple=True,
    required=True,
    metavar="FILE",
    help="Public key (PEM or JWK) that is trusted; may be given again.",
)
@json_option
@click.pass_context
def verify(ctx: click.Context, paper: Path, keys: tuple[Path, ...], as_json: bool) -> None:
    """Verify that the data in a PAPER, a PDF of ours, is signed by a trusted key and unchanged.

    \b
    Examples:
      kervan document verify papers/EX-2026-000417.smgs.pdf --key signing.pub.pem
      kervan document verify note.pdf --key forwarder.jwk --key operator.pem --json

    Exit status: 0; 1 where it is not; 2 where the file is no paper. The JSON is described by
    document-verify.v1.json.
    """
    from kervan.documents.format import DocumentError
    from kervan.documents.formats import file_bytes
    from kervan.documents.paper.reading import read_paper
    from kervan.documents.signing import SignatureError, load_public_key

    try:
        trusted = [load_public_key(file_bytes(path)) for path in keys]
        data = file_bytes(paper)
    except DocumentError as error:
        refuse(ctx, VERIFY, error, as_json, otherwise="bad-document")
    try:
        found = read_paper(data, trusted)
    except SignatureError as error:
        refuse(ctx, VERIFY, error, as_json, otherwise="not-verified", status=1)
    except DocumentError as error:
        refuse(ctx, VERIFY, error, as_json, otherwise="bad-document")
    claim = found.claim
    if as_json:
        print_json({"schema": VERIFY, "ok": True, "signed_by": found.signed_by, **asdict(claim)})
        return
    click.echo(
        plain(
            f"{claim.kind} of consignment {claim.reference}, version {claim.version}: "
            f"{number_of(claim.packages, 'package')}, {claim.gross_mass_kg} kg; the data are "
            f"signed by {found.signed_by} and unchanged."
        )
    )
    click.echo(
        "What is printed on the page is not signed: `kervan document read` says what was, hold it "
        "against the page."
    )
