"""Looking at pages in a browser: how accessible they are, and whether they fit on the screen."""

_STICKING_OUT = """() => [...document.querySelectorAll('body *:not(.govuk-skip-link, .govuk-visually-hidden)')]
    .filter(e => e.getClientRects().length)
    .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .map(e => e.tagName + ': ' + e.textContent.slice(0, 40))"""


def check_page(page, name=""):
    """Nothing is wider than the screen, and axe finds nothing. The page's own policy forbids axe: bypass it."""
    from axe_playwright_python.sync_playwright import Axe

    # A click waits until the next page begins. Its document comes a moment later.
    page.wait_for_load_state("load")
    width = page.viewport_size["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    assert page.evaluate(_STICKING_OUT) == [], name
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == [], name
