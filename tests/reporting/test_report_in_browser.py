"""The report in a real Chromium: nothing asked of the network, nothing cut, and a sensible print."""

import re

import pytest

from reporting.content import make_content, make_empty_content
from ringback.reporting.report import render_report

# What sticks out of the window to the right, apart from what is hidden off the left edge on purpose.
STICKING_OUT = """() => [...document.querySelectorAll('body *')]
    .filter(e => e.getClientRects().length)
    .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .map(e => e.tagName + ': ' + e.textContent.slice(0, 40))"""
CUT_LABELS = """() => {
    const out = (r, frame) => r.left < frame.left - 1 || r.right > frame.right + 1
        || r.top < frame.top - 1 || r.bottom > frame.bottom + 1;
    return [...document.querySelectorAll('svg text')]
        .filter(t => t.getClientRects().length && t.textContent.trim())
        .filter(t => out(t.getBoundingClientRect(), t.ownerSVGElement.getBoundingClientRect()))
        .map(t => t.textContent);
}"""
SMALLEST_LABEL = """() => Math.min(...[...document.querySelectorAll('svg text')]
    .filter(t => t.getClientRects().length && t.textContent.trim())
    .map(t => [parseFloat(getComputedStyle(t).fontSize), t.getScreenCTM()])
    .map(([size, matrix]) => size * Math.hypot(matrix.a, matrix.b)))"""


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports")
    for name, content in (("full", make_content()), ("empty", make_empty_content())):
        (folder / f"{name}.html").write_text(render_report(content), encoding="utf-8")
    return folder


def _open(browser, path, width):
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.faults = []
    page.on("console", lambda message: page.faults.append(message.text))
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("request", lambda request: page.faults.append(request.url) if request.url != path.as_uri() else None)
    page.goto(path.as_uri())
    return page


@pytest.mark.parametrize("width", [1280, 800, 390])
@pytest.mark.parametrize("name", ["full", "empty"])
def test_page_fits_the_screen_and_asks_for_nothing(browser, reports, name, width):
    page = _open(browser, reports / f"{name}.html", width)
    for details in page.query_selector_all("details:not([open])"):
        details.evaluate("element => element.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(STICKING_OUT) == []
    assert page.evaluate(CUT_LABELS) == []
    assert page.faults == []
    page.close()


@pytest.mark.parametrize(("width", "shown"), [(1280, "wide"), (390, "narrow")])
def test_pictures_are_drawn_for_the_screen_they_are_on(browser, reports, width, shown):
    page = _open(browser, reports / "full.html", width)
    assert page.locator(f"div.{shown} svg:visible").count() == 6
    assert page.locator("svg:visible").count() == 6
    assert page.evaluate(SMALLEST_LABEL) >= 11, "labels have to stay readable"
    page.close()


def test_print_is_a_few_a4_pages_with_every_reason(browser, reports):
    page = _open(browser, reports / "full.html", 1280)
    for details in page.query_selector_all("details.reasons"):
        details.evaluate("element => element.open = false")
    pdf = page.pdf(prefer_css_page_size=True)
    pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
    assert 6 <= pages <= 12
    boxes = {tuple(round(float(n)) for n in box.split()) for box in re.findall(rb"/MediaBox\s*\[([^\]]+)\]", pdf)}
    assert boxes == {(0, 0, 595, 842)}
    page.emulate_media(media="print")
    reasons = page.locator("details.reasons li")
    assert reasons.count() == sum(len(step.fell_out) for step in make_content().funnel)
    assert all(box and box["height"] > 8 for box in (reason.bounding_box() for reason in reasons.all()))
    assert page.locator("details.data:visible").count() == 0
    page.close()


def test_empty_report_prints_on_few_pages(browser, reports):
    page = _open(browser, reports / "empty.html", 1280)
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) <= 4
    page.close()


def test_text_stands_out_from_what_is_behind_it(browser, reports):
    """Contrast of at least 4.5 to 1 for every piece of text outside the pictures."""
    page = _open(browser, reports / "full.html", 1280)
    faint = page.evaluate("""() => {
        const light = c => c <= 10 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4;
        const parse = s => s.match(/[\\d.]+/g).map(Number);
        const lum = c => 0.2126 * light(c[0]) + 0.7152 * light(c[1]) + 0.0722 * light(c[2]);
        const behind = e => {
            for (; e; e = e.parentElement) {
                const c = parse(getComputedStyle(e).backgroundColor);
                if (c.length < 4 || c[3] > 0) return c;
            }
            return [255, 255, 255];
        };
        return [...document.querySelectorAll('body *:not(svg *)')]
            .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
            .map(e => { const [a, b] = [lum(parse(getComputedStyle(e).color)), lum(behind(e))];
                return [(Math.max(a, b) + .05) / (Math.min(a, b) + .05), e.textContent.slice(0, 30)]; })
            .filter(([ratio]) => ratio < 4.5);
    }""")
    assert faint == []
    page.close()
