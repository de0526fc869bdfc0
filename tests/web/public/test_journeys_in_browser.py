"""Journeys through the public service in a real Chromium: with scripts and without, wide and narrow, by keyboard."""

import pytest

from public_case import GENUINE, LAST_FOUR, make_bundle
from ringback.alerting.model import references
from web.looking import check_page
from web.public.test_pages import PAGES

WIDTHS = [390, 1280]
SCRIPTS = [True, False]
REFERENCE, DIGITS = "What is the reference in the text?", "What are the last four digits of your phone number?"


def show_answer(page, heading, *, script):
    """Wait for the answer as a visitor does: it comes by itself, or behind the button."""
    if not script:
        page.wait_for_timeout(1800)
        page.get_by_role("button", name="Show the answer").click()
    page.get_by_role("heading", name=heading).wait_for(timeout=15_000)


def ask(page, reference, digits):
    page.goto("/check")
    page.get_by_label(REFERENCE).fill(reference)
    page.get_by_label(DIGITS).fill(digits)
    page.get_by_role("button", name="Check", exact=True).click()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("script", SCRIPTS)
def test_somebody_who_got_our_text_is_told_that_it_is_genuine(open_page, width, script):
    page = open_page(width, script=script)
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="Is this text from us?").click()
    page.get_by_role("button", name="Check", exact=True).click()
    page.get_by_role("link", name="Enter the reference from the text").click()
    assert page.evaluate("document.activeElement.id") == "reference" if script else True
    page.get_by_label(REFERENCE).fill(references.show(GENUINE).lower())
    page.get_by_label(DIGITS).fill(LAST_FOUR)
    page.get_by_role("button", name="Check", exact=True).click()
    show_answer(page, "This text is genuine", script=script)
    page.get_by_role("link", name="When it was sent, and what we will never ask").click()
    assert page.get_by_role("heading", name="The text from ExamplePol").is_visible()
    assert page.faults == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("script", SCRIPTS)
def test_somebody_with_a_forged_text_is_told_what_to_do(open_page, width, script):
    page = open_page(width, script=script)
    ask(page, references.new_reference(), "0000")
    show_answer(page, "We could not confirm this text", script=script)
    assert page.get_by_text("Forward a scam text to 7726").is_visible()
    page.get_by_role("button", name="Check again").click()
    assert page.get_by_label(REFERENCE).input_value() == ""


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("script", SCRIPTS)
def test_somebody_who_got_no_text_is_told_why(open_page, width, script):
    page = open_page(width, script=script)
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="I was not texted").click()
    assert page.get_by_text("Having no text does not mean that nobody called you").is_visible()
    page.get_by_role("link", name="Back").click()
    assert page.get_by_role("heading", name="How to know if you were a victim of fraud").is_visible()


@pytest.mark.parametrize("script", SCRIPTS)
def test_somebody_who_has_just_paid_finds_their_bank_without_scrolling(open_page, script):
    # What a phone of 390 pixels shows between the bars of its browser.
    page = open_page(390, script=script)
    page.set_viewport_size({"width": 390, "height": 664})
    page.goto("/")
    button = page.get_by_role("link", name="Ring your bank: 159")
    assert button.get_attribute("href") == "tel:159"
    place = button.bounding_box()
    assert place["y"] + place["height"] <= 664
    page.get_by_role("link", name="Then do these things").click()
    assert page.url.endswith("#what-to-do")
    assert page.get_by_role("heading", name="What to do now").evaluate(
        "it => it.getBoundingClientRect().top >= 0 && it.getBoundingClientRect().top < 664"
    )


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("script", SCRIPTS)
def test_every_door_of_the_first_page_leads_somewhere_and_back(open_page, width, script):
    page = open_page(width, script=script)
    page.goto("/")
    doors = page.locator(".ringback-door:not(.ringback-door--here)")
    names = [name.strip() for name in doors.all_text_contents()]
    assert len(names) >= 5
    for name in names:
        page.get_by_role("main").get_by_role("link", name=name).click()
        assert page.url != page.context.pages[0].evaluate("location.origin") + "/", name
        assert page.locator("h1").count() == 1, name
        # From the questions about a call, the page before is that for messages.
        while page.get_by_role("link", name="Back", exact=True).count():
            page.get_by_role("link", name="Back", exact=True).click()
        assert page.get_by_role("heading", name="How to know if you were a victim of fraud").is_visible(), name
    assert page.faults == []


@pytest.mark.parametrize("script", SCRIPTS)
def test_somebody_whose_number_was_shown_reads_that_they_did_nothing_wrong(open_page, script):
    page = open_page(390, script=script)
    page.goto("/")
    page.get_by_role("link", name="My number was shown by criminals").click()
    assert page.get_by_text("You did nothing wrong").is_visible()
    assert page.get_by_text("We do not suspect anybody").is_visible()


def test_the_first_page_by_keyboard_alone(open_page):
    page = open_page(1280)
    page.goto("/")
    seen = []
    for _step in range(40):
        page.keyboard.press("Tab")
        # Only what is in the page, and not in the frame around it.
        seen += page.evaluate("[...document.querySelectorAll('main :focus')].map(e => e.textContent.trim())")
        if seen[-1:] == ["Was my number called?"]:
            break
    # The bank comes before every other thing in the page.
    assert seen.index("Ring your bank: 159") < seen.index("Is this text from us?")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Was my number called?").wait_for()
    assert page.get_by_text("we do not look up numbers here").is_visible()


def test_by_keyboard_alone(open_page):
    page = open_page(1280)
    page.goto("/check")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").strip() == "Skip to main content"
    for _step in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "reference":
            break
    page.keyboard.type(references.show(references.new_reference()))
    page.keyboard.press("Tab")
    page.keyboard.type("0123")
    page.keyboard.press("Enter")
    show_answer(page, "We could not confirm this text", script=True)


def states(page):
    """Every page in every state, each by its name."""
    for path in (*PAGES, "/nowhere", f"/check/{'0' * 32}"):
        page.goto(path)
        yield path
    page.goto("/check")
    page.get_by_label(REFERENCE).fill("x" * 80)
    page.get_by_label(DIGITS).fill("9" * 80)
    page.get_by_role("button", name="Check", exact=True).click()
    yield "errors"
    ask(page, references.new_reference(), "0000")
    yield "waiting"
    show_answer(page, "We could not confirm this text", script=True)
    yield "not confirmed"
    ask(page, GENUINE, LAST_FOUR)
    show_answer(page, "This text is genuine", script=True)
    yield "genuine"


def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(open_page):
    # axe is put into the page, which the page's own policy would forbid. 320 pixels are 1280 at a zoom of 400%.
    page = open_page(320, bypass_csp=True)
    seen = []
    for name in states(page):
        check_page(page, name)
        seen.append(name)
    assert len(seen) == len(PAGES) + 6


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("script", SCRIPTS)
def test_somebody_who_wants_to_know_more_reads_figures_pictures_and_the_time_line(open_page, width, script):
    page = open_page(width, script=script)
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="What we know so far").click()
    assert page.get_by_text("200,050").is_visible()
    assert page.get_by_text("The figures are of 23 November 2022.").is_visible()
    drawn = page.locator("img.ringback-chart").evaluate_all("all => all.map(e => [e.currentSrc, e.naturalWidth])")
    size = "wide" if width == 1280 else "narrow"
    assert [(one.rpartition("/")[2], drawn_px > 0) for one, drawn_px in drawn] == [
        (f"calls-over-time-{size}.svg", True), (f"organisations-shown-{size}.svg", True)
    ]  # fmt: skip
    assert not page.get_by_role("cell", name="31,000").is_visible()
    page.get_by_text("The same as a table: calls a month").click()
    assert page.get_by_role("cell", name="31,000").is_visible()
    assert page.get_by_role("heading", name="8 November 2022").is_visible()
    assert page.faults == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("script", SCRIPTS)
def test_somebody_with_a_number_compares_it_and_is_told_first_that_it_proves_nothing(open_page, width, script):
    page = open_page(width, script=script)
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="Does this number belong to them?").click()
    assert page.locator("input, select, textarea, form").count() == 0
    page.get_by_role("link", name="Example Bank").click()
    first = page.get_by_role("heading").first
    assert first.inner_text() == "A number that is shown proves nothing"
    assert page.get_by_role("rowheader", name="0121 496 0123").is_visible()
    assert first.bounding_box()["y"] < page.get_by_text("0121 496 0123").bounding_box()["y"]
    assert page.get_by_text("A number that is missing may be theirs all the same").is_visible()


def test_the_table_beside_a_picture_opens_by_keyboard(open_page):
    page = open_page(1280)
    page.goto("/what-we-know")
    for _step in range(30):
        page.keyboard.press("Tab")
        if "calls a month" in page.evaluate("document.activeElement.textContent"):
            break
    page.keyboard.press("Enter")
    assert page.get_by_role("cell", name="31,000").is_visible()


@pytest.mark.parametrize("name", ["index.html", "victims.html", "customers.html"])
def test_the_seizure_notice_is_accessible_and_fetches_nothing(open_page, place, tmp_path, name):
    bundle = make_bundle(tmp_path / "bundle")
    (folder,) = bundle.glob("releases/*/notices")
    page = open_page(320, bypass_csp=True)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((folder / name).as_uri())
    assert all(one.startswith(folder.as_uri()) for one in asked)
    check_page(page)
