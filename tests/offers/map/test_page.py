"""The page in a real Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kervan.offers.map.scene import FITTED_PX
from kervan.offers.model import Quote

pytestmark = pytest.mark.chromium


@pytest.fixture
def page(browser: Any, page_file: Path) -> Iterator[Any]:
    """The page, opened with the network cut; whatever it asks for or complains of is kept."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    opened = context.new_page()
    opened.asked, opened.complaints = [], []
    opened.on("request", lambda request: opened.asked.append(request.url))
    opened.on("console", lambda message: opened.complaints.append(message.text))
    opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
    context.set_offline(True)
    opened.goto(page_file.as_uri())
    yield opened
    assert opened.complaints == []
    assert [url for url in opened.asked if not url.startswith(("file:", "data:"))] == []
    assert len([url for url in opened.asked if url.startswith("file:")]) == 1
    context.close()


def _chosen(page: Any) -> str:
    return str(page.evaluate("document.querySelector('input[name=offer]:checked').value"))


def _shown(page: Any) -> list[str]:
    return [
        s.get_attribute("data-offer") for s in page.query_selector_all(".details") if s.is_visible()
    ]


def test_nothing_is_loaded_and_nothing_goes_wrong(page: Any) -> None:
    assert page.title().startswith("Xi'an to Istanbul")
    assert _shown(page) == []


def test_a_click_on_a_row_chooses_the_offer_and_shows_its_legs(page: Any) -> None:
    page.locator("tr[data-offer='2'] td").first.click()
    assert _chosen(page) == "2"
    assert _shown(page) == ["2"]
    assert page.locator(".track[data-offer='2']").get_attribute("aria-pressed") == "true"
    page.get_by_label("Show all offers").click()
    assert _shown(page) == []


def test_a_click_on_a_line_chooses_the_offer(page: Any) -> None:
    x, y = page.evaluate(
        """() => {
        const path = document.querySelector(".track[data-offer='3'] .hit");
        for (let share = 0.02; share < 1; share += 0.02) {
          const p = path.getPointAtLength(path.getTotalLength() * share)
            .matrixTransform(path.getScreenCTM());
          const top = document.elementFromPoint(p.x, p.y);
          if (top && top.closest(".track[data-offer='3']")) return [p.x, p.y];
        }
        return [0, 0];
        }"""
    )
    page.mouse.click(x, y)
    assert _chosen(page) == "3"
    page.mouse.click(x, y)
    assert _chosen(page) == ""


def test_the_keyboard_alone_chooses_an_offer_in_the_table(page: Any, quote: Quote) -> None:
    page.locator("input[value='1']").focus()
    page.keyboard.press("Space")
    assert _shown(page) == ["1"]
    page.keyboard.press("ArrowDown")
    assert _shown(page) == ["2"]
    page.keyboard.press("Escape")
    assert _shown(page) == []


def test_the_keyboard_alone_chooses_an_offer_on_the_map(page: Any) -> None:
    page.locator("#map").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.offer") == "1"
    page.keyboard.press("Enter")
    assert _shown(page) == ["1"]
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert _shown(page) == ["2"]


def test_pointing_at_a_row_lights_up_its_line_for_the_moment(page: Any) -> None:
    page.locator("tr[data-offer='2']").hover()
    assert "on" in page.locator(".track[data-offer='2']").get_attribute("class").split()
    assert _shown(page) == []
    page.locator("h1").hover()
    assert "on" not in page.locator(".track[data-offer='2']").get_attribute("class").split()


def _view(page: Any) -> list[float]:
    return [float(v) for v in page.locator("#map").get_attribute("viewBox").split()]


def test_the_map_zooms_and_moves_by_buttons_keys_wheel_and_drag(page: Any) -> None:
    fitted = _view(page)
    page.get_by_role("button", name="Zoom in").click()
    assert _view(page)[2] < fitted[2]
    page.get_by_role("button", name="Show the whole way").click()
    assert _view(page) == pytest.approx(fitted)
    page.locator("#map").focus()
    page.keyboard.press("+")
    near = _view(page)
    assert near[2] < fitted[2]
    page.keyboard.press("ArrowRight")
    assert _view(page)[0] > near[0]
    page.keyboard.press("0")
    assert _view(page) == pytest.approx(fitted)
    page.mouse.move(300, 500)
    page.mouse.wheel(0, -300)
    page.wait_for_function(
        f"document.getElementById('map').viewBox.baseVal.width < {fitted[2]} - 1"
    )
    before = _view(page)
    page.mouse.down()
    page.mouse.move(380, 540, steps=4)
    page.mouse.up()
    moved = _view(page)
    assert moved[0] < before[0]
    assert moved[2] == pytest.approx(before[2])
    assert _chosen(page) == ""


def test_the_script_draws_the_lines_that_python_drew(page: Any, page_file: Path) -> None:
    stored = re.findall(r'class="hit" d="(.*?)"', page_file.read_text("utf-8"))
    # As wide as the drawing in the file was made for, and high enough that the width decides.
    redrawn = page.evaluate(
        f"""() => {{
        const map = document.getElementById("map");
        map.style.width = "{FITTED_PX}px";
        map.style.height = "2000px";
        const later = (done) => requestAnimationFrame(() => requestAnimationFrame(done));
        return new Promise(later).then(() =>
          [...map.querySelectorAll(".hit")].map((path) => path.getAttribute("d")));
        }}"""
    )

    def numbers(path: str) -> list[float]:
        return [float(v) for v in re.findall(r"-?[\d.]+", path)]

    assert len(redrawn) == len(stored)
    for ours, theirs in zip(stored, redrawn, strict=True):
        assert numbers(theirs) == pytest.approx(numbers(ours), abs=0.25)


@pytest.mark.parametrize("width", [360, 820, 1280])
def test_nothing_sticks_out_sideways(browser: Any, page_file: Path, width: int) -> None:
    narrow = browser.new_page(viewport={"width": width, "height": 740})
    narrow.goto(page_file.as_uri())
    for number in (None, 1):
        if number:
            narrow.locator(f"input[value='{number}']").check()
        assert narrow.evaluate("document.documentElement.scrollWidth") <= width
    narrow.close()


def test_without_javascript_every_leg_can_be_read(
    browser: Any, page_file: Path, quote: Quote
) -> None:
    context = browser.new_context(java_script_enabled=False)
    still = context.new_page()
    still.goto(page_file.as_uri())
    assert still.locator(".details:visible").count() == len(quote.offers)
    assert still.locator(".buttons").is_hidden()
    context.close()


def test_a_print_holds_the_legs_of_every_offer(page: Any, quote: Quote) -> None:
    page.emulate_media(media="print")
    assert len(_shown(page)) == len(quote.offers)
