"""The campaign page in a real Chromium: nothing asked of the network, nothing cut, accessible, a sensible print."""

import re

import pytest

from alerting.campaign_facts import PAGES
from ringback.alerting.verification.campaign_page import render_page

WIDTHS = (1280, 390, 320)
STICKING_OUT = """() => [...document.querySelectorAll('body *:not(.skip)')]
    .filter(e => e.getClientRects().length)
    .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .map(e => e.tagName + ': ' + e.textContent.slice(0, 40))"""
SMALLEST = """() => Math.min(...[...document.querySelectorAll('body *')]
    .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
    .map(e => parseFloat(getComputedStyle(e).fontSize)))"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    for name, facts in PAGES.items():
        (folder / f"{name}.html").write_text(render_page(facts), encoding="utf-8")
    return folder


def _open(browser, path, width):
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.faults = []
    page.on("console", lambda message: page.faults.append(message.text))
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("request", lambda request: page.faults.append(request.url) if request.url != path.as_uri() else None)
    page.goto(path.as_uri())
    return page


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_page_fits_the_screen_and_asks_for_nothing(browser, pages, name, width):
    page = _open(browser, pages / f"{name}.html", width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(STICKING_OUT) == []
    assert page.evaluate(SMALLEST) >= 16
    assert page.faults == []
    page.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(browser, pages, name, width):
    from axe_playwright_python.sync_playwright import Axe

    # axe is put into the page, which the page's own policy would forbid.
    context = browser.new_context(bypass_csp=True, viewport={"width": width, "height": 900})
    page = context.new_page()
    page.goto((pages / f"{name}.html").as_uri())
    found = Axe().run(page)
    assert [one["id"] for one in found.response["violations"]] == []
    context.close()


def test_the_banner_is_the_first_thing_seen_on_a_synthetic_page(browser, pages):
    page = _open(browser, pages / "synthetic.html", 390)
    box = page.locator(".synthetic").bounding_box()
    assert box["y"] == 0
    assert box["height"] > 60
    assert page.locator(".synthetic strong").is_visible()
    page.close()


@pytest.mark.parametrize("name", PAGES)
def test_print_is_a_few_a4_pages_with_all_that_is_on_the_screen(browser, pages, name):
    page = _open(browser, pages / f"{name}.html", 1280)
    pdf = page.pdf(prefer_css_page_size=True)
    assert 2 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 5
    boxes = {tuple(round(float(n)) for n in box.split()) for box in re.findall(rb"/MediaBox\s*\[([^\]]+)\]", pdf)}
    assert boxes == {(0, 0, 595, 842)}
    page.emulate_media(media="print")
    assert page.locator("section:visible").count() == page.locator("section").count() == 7
    page.close()


def test_a_keyboard_reaches_the_content(browser, pages):
    page = _open(browser, pages / "live.html", 1280)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    assert page.locator(".skip").bounding_box()["x"] >= 0
    page.close()
