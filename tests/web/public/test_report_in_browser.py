"""Report what happened in a real Chromium: with scripts and without, wide and narrow, by keyboard, and for axe."""

import pytest

from public_case import GENUINE, LAST_FOUR
from publishing.uploads.hostile_files import picture
from ringback.alerting.model import references
from ringback.publishing.inbox import return_codes
from ringback.victim_reports import status_codes
from web.looking import check_page
from web.public.test_journeys_in_browser import SCRIPTS, WIDTHS


def go_on(page):
    page.get_by_role("button", name="Continue", exact=True).click()


def heading(page):
    return page.get_by_role("heading", level=1).inner_text()


def start(page):
    page.goto("/report")
    page.get_by_role("button", name="Start now").click()


def code_on(page):
    return page.locator(".ringback-code").inner_text()


def write(page):
    """Write a report up to the page of all answers, as somebody who paid yesterday. Yields the name of each page."""
    start(page)
    yield "text"
    go_on(page)
    yield "text, with errors"
    page.get_by_label("Yes, and I have it here").check()
    go_on(page)
    yield "reference"
    page.get_by_label("What is the reference in the text?").fill("x")
    go_on(page)
    yield "reference, with errors"
    page.get_by_role("link", name="Back").click()
    page.get_by_label("No", exact=True).check()
    go_on(page)
    yield "kind"
    go_on(page)
    yield "kind, with errors"
    page.get_by_label("Something was taken from me").check()
    go_on(page)
    yield "called number"
    page.get_by_label("Which phone number").fill("x" * 80)
    go_on(page)
    yield "called number, with errors"
    # One digit short: it is taken, and the page of all answers has a hint beside it.
    page.get_by_label("Which phone number").fill("07700 90012")
    go_on(page)
    yield "whose"
    page.get_by_label("It is my own").check()
    go_on(page)
    yield "when"
    page.get_by_label("What day was it?").fill("yesterday")
    page.get_by_label("I am sure").check()
    go_on(page)
    yield "bank"
    page.get_by_role("button", name="I have rung my bank").click()
    yield "time"
    page.get_by_label("Morning").check()
    for name in ("caller", "shown number", "how long", "what happened"):
        go_on(page)
        yield name
    page.get_by_label("I paid, or money was moved").check()
    go_on(page)
    yield "losses"
    go_on(page)
    yield "losses, with errors"
    page.get_by_label("Yes").check()
    go_on(page)
    yield "loss"
    page.get_by_label("How much money was it?").fill("$5")
    go_on(page)
    yield "loss, with errors"
    page.get_by_label("How much money was it?").fill("£1,200.50")
    go_on(page)
    yield "losses, with one"
    page.get_by_role("link", name="Change or remove payment 1").click()
    yield "loss, to be changed"
    page.get_by_role("link", name="Back").click()
    page.get_by_label("No", exact=True).check()
    go_on(page)
    yield "story"
    page.get_by_role("textbox").fill("They said that my money was not safe.\n" + "x" * 300)
    go_on(page)
    yield "files"
    page.get_by_role("button", name="Add it").click()
    yield "files, with errors"
    photo = {"name": "a photo of my bank statement with a long name " * 3, "mimeType": "image/png", "buffer": picture()}
    page.get_by_label("Choose a picture or a PDF").set_input_files(photo)
    # Whoever forgets to press "Add it" has added it all the same.
    go_on(page)
    yield "files, with one"
    go_on(page)
    yield "you"
    page.get_by_label("What is your e-mail address?").fill("me@example.com")
    go_on(page)
    yield "tell me"
    page.get_by_label("Yes").check()
    go_on(page)
    yield "answers"


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("script", SCRIPTS)
def test_somebody_who_paid_yesterday_reports_it(open_page, width, script):
    page = open_page(width, script=script)
    for name in write(page):
        if name == "bank":
            assert heading(page) == "Ring your bank first"
            assert page.get_by_role("link", name="Ring your bank: 159").get_attribute("href") == "tel:159"
    assert "£1,200.50" in page.get_by_role("main").inner_text()
    assert "A digit may be missing" in page.get_by_role("main").inner_text()
    page.get_by_role("button", name="Send my report").click()
    assert heading(page) == "We have your report"
    code = code_on(page)
    assert status_codes.read(code)
    page.go_back()
    page.reload()
    assert heading(page) == "There is no open report here"
    page.goto("/report/sent")
    assert code_on(page) == code
    page.get_by_role("button", name="I have written it down").click()
    page.goto("/report/sent")
    assert heading(page) == "There is no open report here"
    page.goto("/report/status")
    page.get_by_role("textbox").fill(code.lower())
    page.get_by_role("button", name="Show").click()
    assert heading(page) == "We have your report"
    assert page.url.endswith("/report/status")
    assert page.faults == []


@pytest.mark.parametrize("script", SCRIPTS)
def test_somebody_with_our_text_is_led_there_from_the_first_page(open_page, script):
    page = open_page(390, script=script)
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="Report what happened").click()
    page.get_by_role("button", name="Start now").click()
    page.get_by_label("Yes, and I have it here").check()
    go_on(page)
    page.get_by_label("What is the reference in the text?").fill(references.show(GENUINE).lower())
    page.get_by_label("What are the last four digits").fill(LAST_FOUR)
    go_on(page)
    page.get_by_label("Nothing was taken").check()
    go_on(page)
    assert heading(page) == "Whose phone is it?"


@pytest.mark.parametrize("script", SCRIPTS)
def test_somebody_saves_it_and_goes_on_with_another_device(open_page, script):
    page = open_page(390, script=script)
    for name in write(page):
        if name == "story":
            break
    page.get_by_role("textbox").fill("Half of it")
    page.get_by_role("button", name="Save and come back later").click()
    code = code_on(page)
    assert return_codes.read(code)
    other = open_page(1280, script=script)
    other.goto("/report")
    other.get_by_role("link", name="Go on with a report that you saved").click()
    other.get_by_role("textbox").fill(code.lower().replace("-", " "))
    go_on(other)
    # The bank may still help.
    assert heading(other) == "Ring your bank first"
    other.get_by_role("button", name="Go on with the report").click()
    assert heading(other) == "Do you have pictures of it?"
    other.get_by_role("link", name="Back").click()
    assert other.get_by_role("textbox").input_value() == "Half of it"
    other.get_by_role("link", name="Delete what I have written").click()
    other.get_by_role("button", name="Delete it").click()
    page.reload()
    assert heading(page) == "There is no open report here"


def test_sent_with_a_double_click_it_is_one_report(open_page):
    page = open_page(390, script=False)
    for _name in write(page):
        pass
    page.get_by_role("button", name="Send my report").dblclick()
    page.get_by_role("heading", name="We have your report").wait_for()
    code = code_on(page)
    page.goto("/report/sent")
    assert code_on(page) == code


def test_a_report_by_keyboard_alone(open_page):
    page = open_page(1280)
    page.goto("/report/question/text")

    def tab_to(test):
        for _step in range(40):
            page.keyboard.press("Tab")
            if page.evaluate(f"(() => {{ const it = document.activeElement; return {test}; }})()"):
                return
        raise AssertionError(f"the Tab key does not come to {test}")

    go = "it.textContent.trim() == 'Continue'"
    tab_to(go)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="There is a problem").wait_for()
    assert page.evaluate("document.activeElement.classList.contains('govuk-error-summary')")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "has_text"
    page.keyboard.press("ArrowDown")
    tab_to(go)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="What do you want to tell us?").wait_for()
    tab_to("it.id == 'kind'")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Which phone number did they call?").wait_for()


def states(page):
    """Every page of a report in every state, by its name."""
    page.goto("/report")
    yield "start"
    yield from write(page)
    page.get_by_role("link", name="Delete what I have written").click()
    yield "delete"
    page.get_by_role("link", name="Keep it, and go on").click()
    page.get_by_role("button", name="Save and come back later").click()
    yield "saved"
    page.get_by_role("button", name="Go on with the report now").click()
    page.get_by_role("button", name="Send my report").click()
    yield "sent"
    code = code_on(page)
    for path, known, button in (
        ("/report/return", return_codes.new_code(), "Continue"), ("/report/status", code, "Show"),
        ("/report/status", status_codes.new_status_code(), "Show"),
    ):  # fmt: skip
        page.goto(path)
        yield path
        page.get_by_role("textbox").fill("x" * 80)
        page.get_by_role("button", name=button, exact=True).click()
        yield f"{path}, with errors"
        page.get_by_role("textbox").fill(known)
        page.get_by_role("button", name=button, exact=True).click()
        yield f"{path}, answered"
    page.goto("/report/losses")
    yield "none"


def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(open_page):
    page = open_page(320, bypass_csp=True)
    seen = []
    for name in states(page):
        page.wait_for_load_state("networkidle")
        check_page(page, name)
        seen.append(name)
    assert len(seen) > 35
