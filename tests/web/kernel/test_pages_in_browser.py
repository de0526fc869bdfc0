"""The pages in a real Chromium: accessible, no wider than the screen, a form that is taken, a policy that holds."""

import threading

import pytest
import waitress

from ringback.web.kernel.language import PSEUDO
from ringback.web.kernel.limits import Limit
from web.kernel.small_app import LIMITS, make_site, make_small_app
from web.looking import check_page

PAGES = {
    "start": "/",
    "form": "/form",
    "400": "/form",
    "403": "/case",
    "404": "/nowhere",
    "405": "/looked",
    "429": "/few",
    "500": "/fault",
}
LONG = "Constabularyofaverylongnamethathasnoplacetobreak and Example Shire"
SEND = """() => { const form = document.createElement('form'); form.method = 'post';
    document.body.append(form); form.submit(); }"""


@pytest.fixture(scope="module")
def places():
    """The addresses of the app in English, and with long words in the made-up language under a base path."""
    limits = LIMITS | {"forms": Limit(100, 10)}
    apps = {
        "": make_small_app(limits=limits),
        "/base": make_small_app(
            language=PSEUDO,
            limits=limits,
            front={"base_path": "/base"},
            site=lambda: make_site(force=LONG, service=LONG),
        ),
    }
    servers = [waitress.create_server(app, host="127.0.0.1", port=0) for app in apps.values()]
    for server in servers:
        threading.Thread(target=server.run, daemon=True).start()
    yield [f"http://127.0.0.1:{server.effective_port}{base}" for base, server in zip(apps, servers, strict=True)]
    for server in servers:
        server.close()


@pytest.fixture
def open_page(browser):
    opened = []

    def new(width=1280, **options):
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        opened.append(context)
        page = context.new_page()
        page.faults = []
        page.on("console", lambda message: page.faults.append(message.text))
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        return page

    yield new
    for context in opened:
        context.close()


def go(page, place, name):
    """Open a page by its name; those for 400 and 405 come after a form, and that for 429 the second time."""
    page.goto(place + PAGES[name])
    if name in ("400", "405"):
        with page.expect_navigation():
            page.evaluate(SEND)
    elif name == "429":
        page.reload()
    page.wait_for_load_state("networkidle")
    if name.isdigit():
        assert page.evaluate("performance.getEntriesByType('navigation')[0].responseStatus") == int(name)


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(open_page, places, name, which):
    # axe is put into the page, which the page's own policy would forbid.
    page = open_page(1280, bypass_csp=True)
    go(page, places[which], name)
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        check_page(page, name)


@pytest.mark.parametrize("script", [True, False])
def test_a_form_is_taken_with_and_without_scripts(open_page, places, script):
    page = open_page(390, java_script_enabled=script)
    page.goto(places[0] + "/form")
    page.fill("#word", "hello")
    page.click("button[type=submit]")
    assert page.text_content("h1") == "hello"
    assert page.faults == []


def test_the_policy_holds_and_the_components_run(open_page, places):
    page = open_page(390)
    for name in ("start", "form"):
        go(page, places[0], name)
        assert page.faults == []
        assert page.evaluate("document.body.className").split() >= ["govuk-template__body", "js-enabled"]
    # The menu folds on a narrow screen, which the script does.
    menu = page.locator(".govuk-js-service-navigation-toggle")
    assert menu.is_visible()
    assert not page.locator("#navigation").is_visible()
    menu.click()
    assert page.locator("#navigation").is_visible()
    page.evaluate(
        "const s = document.createElement('script'); s.textContent = 'window.bad = 1'; document.body.append(s)"
    )
    assert page.evaluate("window.bad") is None
    assert "Content Security Policy" in page.faults[-1]


def test_without_scripts_the_menu_is_open(open_page, places):
    page = open_page(390, java_script_enabled=False)
    page.goto(places[0] + "/")
    assert page.locator("#navigation").is_visible()


def test_a_keyboard_reaches_the_content_first(open_page, places):
    page = open_page()
    page.goto(places[0] + "/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").strip() == "Skip to main content"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main-content"
