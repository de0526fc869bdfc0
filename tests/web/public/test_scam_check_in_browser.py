"""The check for scams in a real Chromium: with scripts and without, wide and narrow, by keyboard, and with axe."""

import pytest

from web.looking import check_page

WIDTHS = [390, 1280]
SCRIPTS = [True, False]
SCAM = (
    "HMRC: you are owed a tax refund of £286.50. Your claim expires today, so act now at"
    " https://hmrc-refund.example/claim or you will be fined. Tell nobody."
)
GENUINE = "Hi Sam, see you at the station at six, I have the tickets with me."
RIGHT_TO_LEFT = "\u202e\u2067 الدفع الآن " + SCAM + " \u202d שלום " + "w" * 400
CODE = "Your one-time passcode is 482913. Do not share this code with anyone."
OURS = "Example Police: this number was called by criminals. Alert reference: BCDF-GHJK-MNZ."
COURIER = (
    "By a phone call", "The police, a court or a bailiff", "Take out cash", "Hand over cash, a card, gold or valuables",
    "Wait for somebody who will come to collect cash, a card or valuables",
)  # fmt: skip
MESSAGE, CHECK, ANSWER = "The message", "Check the message", "Show the answer"
LIKELY = "This is likely to be a scam."


def paste(page, message, *happened):
    page.goto("/scam-check")
    page.get_by_label(MESSAGE, exact=True).fill(message)
    for one in happened:
        page.get_by_label(one).check()
    page.get_by_role("button", name=CHECK).click()


def answer(page, *choices):
    page.goto("/scam-check/questions")
    for one in choices:
        page.get_by_label(one, exact=True).check()
    page.get_by_role("button", name=ANSWER).click()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("script", SCRIPTS)
def test_somebody_pastes_a_scam_and_sees_what_gave_it_away(open_page, width, script):
    page = open_page(width, script=script)
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="Does this look like a scam?").click()
    page.get_by_role("button", name=CHECK).click()
    page.get_by_role("link", name="Paste the message").click()
    assert page.evaluate("document.activeElement.id") == "message" if script else True
    page.get_by_label(MESSAGE, exact=True).fill(SCAM)
    page.get_by_role("button", name=CHECK).click()
    assert page.get_by_role("heading", level=1).inner_text() == LIKELY
    assert page.locator("mark").filter(has_text="act now").is_visible()
    assert page.url.endswith("/scam-check")
    page.get_by_text("Where this advice comes from").click()
    assert page.get_by_role("link", name="ncsc.gov.uk/collection/phishing-scams", exact=True).is_visible()
    page.get_by_role("button", name="Check something else").click()
    assert page.get_by_label(MESSAGE, exact=True).input_value() == ""
    assert page.faults == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("script", SCRIPTS)
def test_somebody_who_was_rung_and_has_paid_is_told_first_to_ring_the_bank(open_page, width, script):
    page = open_page(width, script=script)
    page.goto("/scam-check")
    page.get_by_role("link", name="answer questions instead").click()
    page.get_by_role("button", name=ANSWER).click()
    page.get_by_role("link", name="Tick at least one answer").click()
    for one in ("My bank or its fraud team", "That I have to act fast, or by a deadline", "Pay, or move money"):
        page.get_by_label(one, exact=True).check()
    page.get_by_label("Did you pay or move money?").check()
    page.get_by_role("button", name=ANSWER).click()
    assert page.get_by_role("heading", level=1).inner_text() == "Ring your bank now"
    ring = page.get_by_role("link", name="Ring your bank: 159")
    assert ring.get_attribute("href") == "tel:159"
    assert ring.bounding_box()["y"] < 900, "it is seen without scrolling"
    assert page.get_by_role("heading", name=LIKELY, level=2).bounding_box()["y"] > ring.bounding_box()["y"]
    assert page.faults == []


def test_by_keyboard_alone(open_page):
    page = open_page(1280)
    page.goto("/scam-check")
    for _step in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "message":
            break
    page.keyboard.insert_text(SCAM)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.get_by_label("Did you give card, account or PIN details?").is_checked()
    for _step in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").strip() == CHECK:
            break
    page.keyboard.press("Enter")
    page.get_by_role("heading", name=LIKELY).wait_for()


def test_characters_that_turn_the_direction_round_stay_inside_the_message(open_page):
    page = open_page(1280)
    paste(page, RIGHT_TO_LEFT)
    ways = page.evaluate(
        "[...document.querySelectorAll('h1, h2, .ringback-answer p, .ringback-advice')]"
        ".map(e => getComputedStyle(e).direction)"
    )
    assert set(ways) == {"ltr"}
    heading = page.get_by_role("heading", name="Your message").bounding_box()
    assert heading["x"] < 400, "it begins at the left"


def states(page):
    """Every page in every state, each by its name."""
    page.goto("/")
    yield "start"
    page.goto("/scam-check")
    yield "form"
    page.get_by_role("button", name=CHECK).click()
    yield "form-errors"
    page.goto("/scam-check/questions")
    yield "questions"
    page.get_by_role("button", name=ANSWER).click()
    yield "questions-errors"
    paste(page, SCAM)
    page.get_by_text("Where this advice comes from").click()
    yield "likely"
    paste(page, SCAM, "Did you pay or move money?", "Did you type or tell a password?")
    yield "likely-happened"
    paste(page, GENUINE)
    yield "no-signs"
    paste(page, "", "Did you let them into your computer or phone, or install something?")
    yield "happened-alone"
    paste(page, CODE)
    yield "code"
    paste(page, OURS)
    yield "ours"
    paste(page, f"{OURS} https://police-check.example/now")
    yield "not-ours"
    paste(page, "Ihr Paket konnte heute leider nicht zugestellt werden, bitte zahlen Sie")
    yield "not-judged"
    paste(page, RIGHT_TO_LEFT)
    yield "right-to-left"
    paste(page, (SCAM + "\n") * 200)
    yield "long"
    paste(page, f"From: HMRC <a@hmrc-refund.example>\nSubject: Refund\nDate: today\n\n{SCAM}")
    yield "email"
    answer(page, "My bank or its fraud team", "Pay, or move money")
    yield "answered"
    answer(page, "Nothing")
    yield "answered-unclear"
    answer(page, *COURIER)
    yield "answered-courier"
    answer(page, *COURIER, "Did you pay or move money?")
    yield "answered-courier-happened"


def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(open_page):
    # axe is put into the page, which the page's own policy would forbid. 320 pixels are 1280 at a zoom of 400%.
    page = open_page(320, bypass_csp=True)
    seen = []
    for name in states(page):
        check_page(page, name)
        seen.append(name)
    assert len(seen) == 20
