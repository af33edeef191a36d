"""Links between the pages lead somewhere, and every page can be reached."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, name_of, prose

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in links(page):
        path, _, anchor = target.partition("#")
        other = (page.parent / path).resolve() if path else page
        assert other.exists(), f"{name_of(page)} links to {target}"
        if anchor and other.suffix == ".md":
            assert anchor in anchors(other), f"{name_of(page)} links to {target}"


def test_every_page_is_reached_from_the_readme() -> None:
    found, open_pages = set[Path](), [ROOT / "README.md"]
    while open_pages:
        page = open_pages.pop()
        if page in found or page.suffix != ".md" or not page.is_file():
            continue
        found.add(page)
        open_pages += [(page.parent / link.partition("#")[0]).resolve() for link in links(page)]
    assert set(PAGES) <= found


@pytest.mark.parametrize("image", sorted((ROOT / "docs" / "images").glob("*")), ids=name_of)
def test_every_image_is_shown_somewhere(image: Path) -> None:
    assert any(image.name in page.read_text("utf-8") for page in PAGES)


def links(page: Path) -> list[str]:
    """Return where a page leads, other sites left out."""
    found = LINK.findall(prose(page))
    return [target for target in found if re.match(r"[a-z]+:", target) is None]


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    met: Counter[str] = Counter()
    found = set()
    for heading in re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE):
        kept = re.sub(r"[^\w\- ]", "", heading.lower().replace("`", "")).strip().replace(" ", "-")
        found.add(f"{kept}-{met[kept]}" if met[kept] else kept)
        met[kept] += 1
    return found
