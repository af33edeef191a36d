"""Write a feed: a folder of CSV files, a zip archive of them, or one Excel workbook.

All three hold the same: a feed written as one and read back can be written as another, and
nothing is lost.
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

from kervan.errors import FeedError
from kervan.feed.descriptor import descriptor
from kervan.feed.memory_table import text_rows
from kervan.feed.package import DESCRIPTOR
from kervan.feed.schema import schemas
from kervan.feed.tables import ROW_TYPES, Feed


def write_feed(feed: Feed, path: Path | str, *, overwrite: bool = False) -> Path:
    """Write a feed.

    Parameters
    ----------
    feed
        The feed; its rows are written in their order. It is not checked.
    path
        Where to: a name that ends in ``.zip`` or ``.xlsx`` makes one such file, any other a
        folder.
    overwrite
        Replace what is there. In a folder only the files of a feed are touched.

    Returns
    -------
    Path
        Where it was written.

    Raises
    ------
    FeedError
        If something is there already and may not be replaced, if nothing can be written there,
        or if a value of the feed cannot be written.

    Notes
    -----
    A file is replaced only once the new one is whole, so a failure leaves the old one as it was.
    """
    path = Path(path)
    _refuse_occupied(path, overwrite)
    try:
        match path.suffix.lower():
            case ".xlsx":
                # Imported here for the time openpyxl takes.
                from kervan.feed.workbook import workbook_bytes

                _replace(path, workbook_bytes(feed))
            case ".zip":
                _replace(path, _zip_bytes(feed))
            case _:
                _write_folder(feed, path)
    except OSError as error:
        raise FeedError(f"{path} cannot be written: {error.strerror or error}.") from error
    return path


def _refuse_occupied(path: Path, overwrite: bool) -> None:
    if path.suffix.lower() in (".xlsx", ".zip"):
        if path.is_dir():
            raise FeedError(f"{path} is a folder. Give another name.")
        occupied = path.exists()
    else:
        if path.is_file():
            raise FeedError(
                f"{path} is a file, not a folder. Give a folder, or a name in .zip or .xlsx."
            )
        occupied = path.is_dir() and any(path.iterdir())
    if occupied and not overwrite:
        raise FeedError(f"{path} is there already. Give another name, or ask to overwrite it.")


def _files(feed: Feed) -> Iterator[tuple[str, bytes]]:
    """Yield the name and content of every file of a feed; tables without rows are left out."""
    there = [name for name in ROW_TYPES if feed.table(name)]
    content = json.dumps(descriptor(feed.info, there), ensure_ascii=False, indent=2)
    yield DESCRIPTOR, f"{content}\n".encode()
    for name in there:
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerows(text_rows(schemas()[name], feed.table(name)))
        yield f"{name}.csv", text.getvalue().encode()


def _zip_bytes(feed: Feed) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _files(feed):
            # A fixed time of day keeps the archive of the same feed the same, byte for byte.
            archive.writestr(
                zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED
            )
    return packed.getvalue()


def _write_folder(feed: Feed, folder: Path) -> None:
    # Everything is made before anything is replaced: a value that cannot be written is met here.
    files = dict(_files(feed))
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        _replace(folder / name, content)
    for name in ROW_TYPES:
        if f"{name}.csv" not in files:
            (folder / f"{name}.csv").unlink(missing_ok=True)


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.writing")
    try:
        fresh.write_bytes(content)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
