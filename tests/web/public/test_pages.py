"""The pages of the public service, asked by a visitor whose browser knows no script."""

import re
from datetime import timedelta

import pytest

from public_case import GENUINE, LAST_FOUR, NOT_YET, NUMBERS, make_bundle
from ringback.alerting.model import references
from ringback.numbers.masking import NUMBER
from ringback.publishing.organisation_numbers import make_slug

PAGES = [
    "/", "/check", "/texts", "/texts/B-001", "/not-texted", "/was-my-number-called", "/my-number-was-shown", "/report",
    "/cookies", "/privacy", "/accessibility", "/what-we-know", "/numbers", "/numbers/example-bank-sons",
    "/numbers/example-energy",
]  # fmt: skip
# Numbers that everybody is to ring.
PUBLIC_NUMBERS = re.compile(r"0300 123 2040|0808 168 9111")


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", answer.get_data(as_text=True)))


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_there_says_who_runs_it_and_shows_no_number(service, path):
    answer = service.get(path)
    assert answer.status_code == 200
    assert "This service is run by Example Police." in words(answer)
    assert "made-up records" in words(answer)
    # Numbers that organisations publish stand on the organisation's own page, and nowhere else.
    allowed = [one["number"] for one in NUMBERS if make_slug(one["organisation"]) == path.rpartition("/")[2]]
    shown = words(answer)
    for number in allowed:
        assert shown.count(number) == 1
        shown = shown.replace(number, "")
    assert not NUMBER.search(PUBLIC_NUMBERS.sub("", shown))


def test_no_page_asks_for_a_name_a_number_or_an_address(service):
    asked = re.findall(r'<input[^>]*name="(\w+)"', "".join(service.get(path).get_data(as_text=True) for path in PAGES))
    assert set(asked) == {"csrf_token", "reference", "last_four"}


def test_a_genuine_text_is_told_with_its_day_and_its_campaign(service):
    answer = service.ask(references.show(GENUINE).lower(), " 0123 ")
    assert "This text is genuine" in words(answer)
    assert "We sent it on Thursday 24 November 2022" in words(answer)
    assert '"/texts/B-001"' in answer.get_data(as_text=True)
    assert "We sent it on" not in words(service.ask(NOT_YET, LAST_FOUR)), "approved, and not yet handed over"


@pytest.mark.parametrize(
    ("reference", "last_four"),
    [
        (f"Ref {references.show(GENUINE).replace('-', ' ')}.", LAST_FOUR),
        (f"Example Police: this number was called. Reference {references.show(GENUINE)}", LAST_FOUR),
        (GENUINE, "07700 900123"),
        (GENUINE, "+44 (0)7700 900-123"),
    ],
)
def test_a_reference_is_found_in_the_words_around_it_and_four_digits_at_the_end_of_a_number(
    service, reference, last_four
):
    assert "This text is genuine" in words(service.ask(reference, last_four))


def test_the_wait_of_whoever_asks_again_and_again_is_told_as_long_as_it_is(service):
    for _turn in range(4):
        service.ask(GENUINE, "0000")
    tickets = [service.post(GENUINE, "0000").headers["Location"] for _turn in range(3)]
    service.answer()
    told = [re.search(r"in about (\d+) minutes", words(service.get(one))) for one in tickets]
    waits = [int(one[1]) for one in told if one]
    assert waits == sorted(waits)
    assert waits[-1] - waits[0] in (10, 20)
    for ticket, wait in zip(tickets[-len(waits) :], waits, strict=True):
        service.clock.sleep(60)
        assert "We are checking" in words(service.get(ticket)), wait


def test_near_miss_and_miss_are_the_same_bytes(service):
    near, miss = service.ask(GENUINE, "0124"), service.ask(references.new_reference(), LAST_FOUR)
    assert "We could not confirm this text" in words(near)
    assert near.get_data() == miss.get_data()
    assert dict(near.headers) == dict(miss.headers)


def test_the_answer_to_the_form_is_the_same_for_hit_near_miss_and_miss(service):
    asked = [(GENUINE, LAST_FOUR), (GENUINE, "0124"), (references.new_reference(), LAST_FOUR)]
    answers = [service.post(*one) for one in asked]
    for answer in answers:
        answer.headers["Location"] = re.sub(r"[0-9a-f]{32}", "", answer.headers["Location"])
        answer.headers.remove("Set-Cookie") if "Set-Cookie" in answer.headers else None
    assert len({answer.status_code for answer in answers}) == 1
    assert len({str(sorted(answer.headers.items())) for answer in answers}) == 1
    assert len({len(answer.get_data()) for answer in answers}) == 1
    waiting = [service.get(service.post(*one).headers["Location"]).get_data() for one in asked]
    assert len({re.sub(rb"[0-9a-f]{32}", b"", page) for page in waiting}) == 1


@pytest.mark.parametrize(
    ("reference", "last_four", "told"),
    [
        ("", "0123", "Enter the reference from the text"),
        ("BCDF-GHJK-NMZ", "0123", "Check the reference"),
        (GENUINE, "", "Enter the last four digits"),
        (GENUINE, "01234 5", "Enter four digits"),
        ("BCDF-GHJK-NMZ", "0123", "Then the text is most likely not from us"),
        (GENUINE, "٠١٢٣", "Enter four digits"),
        ("x" * 5000, "y" * 5000, "Check the reference"),
        ("\0", "\0", "Check the reference"),
    ],
)
def test_what_is_mistyped_is_told_beside_its_field(service, reference, last_four, told):
    answer = service.post(reference, last_four)
    assert answer.status_code == 400
    assert "There is a problem" in words(answer)
    assert told in words(answer)
    assert "Error: Is this text from us?" in words(answer)


def test_what_was_typed_comes_back_escaped(service):
    page = service.post('"><script>alert(1)</script>', "'><img src=x>").get_data(as_text=True)
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_before_the_answer_the_page_waits_and_afterwards_it_is_gone(service):
    place = service.post(GENUINE, LAST_FOUR).headers["Location"]
    assert "We are checking" in words(service.get(place))
    service.answer()
    assert "This text is genuine" in words(service.get(place))
    service.clock.sleep(timedelta(minutes=16).total_seconds())
    gone = service.get(place)
    assert (gone.status_code, "no longer shown" in words(gone)) == (404, True)
    assert service.inbox.forget_old(now=service.clock.now()) == 1
    assert service.get(place).get_data() == gone.get_data()


@pytest.mark.parametrize("ticket", ["0" * 32, "x", "0" * 31, "0" * 33, "%00", "A" * 32])
def test_a_ticket_that_nobody_has_shows_nothing(service, ticket):
    assert service.get(f"/check/{ticket}").status_code == 404


def test_many_questions_about_one_reference_wait_their_turn(service):
    for _turn in range(6):
        place = service.post(GENUINE, LAST_FOUR).headers["Location"]
        service.answer()
    page = words(service.get(place))
    assert "Your place is kept" in page
    assert re.search(r"about \d+ minutes", page)


def test_too_many_questions_are_told_so(service, monkeypatch):
    monkeypatch.setattr("ringback.publishing.inbox.questions.MOST_WAITING", 2)
    codes = [service.post(references.new_reference(), "0000").status_code for _turn in range(3)]
    assert codes == [303, 303, 503]


def test_a_new_release_is_served_and_a_damaged_one_is_not(service):
    make_bundle(service.bundle, publication="P-002", force="Exemplary Police")
    service.clock.sleep(2)
    assert "Exemplary Police" in words(service.get("/"))
    make_bundle(service.bundle, publication="P-003", force="Nobody's Police")
    (site,) = service.bundle.glob("releases/P-003-*/site.json")
    site.write_text(site.read_text().replace("Nobody", "Somebody"))
    service.clock.sleep(2)
    assert "Exemplary Police" in words(service.get("/"))


def test_nothing_that_was_typed_stays_after_the_answer(service):
    service.ask(GENUINE, LAST_FOUR)
    service.inbox.engine.dispose()
    content = (service.bundle / "inbox.sqlite").read_bytes()
    assert GENUINE.encode() not in content


def test_what_breaks_is_logged_without_what_was_typed(service, caplog):
    with service.inbox.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE inbox_questions")
        connection.exec_driver_sql("CREATE VIEW inbox_questions AS SELECT NULL AS answer WHERE 0")
    assert service.post(GENUINE, LAST_FOUR).status_code == 500
    told = "".join(record.getMessage() for record in caplog.records)
    assert "inbox_questions" in told
    assert GENUINE not in told


def test_every_route_has_its_contract_and_nothing_with_a_visitor_in_it_is_kept(service):
    service.app.check_contracts()
    for path in PAGES:
        answer = service.get(path)
        kept = answer.headers["Cache-Control"] != "no-store"
        assert kept == (path != "/check")
        assert ("Set-Cookie" in answer.headers) == (path == "/check")


def test_before_the_first_text_is_sent_no_count_is_shown(service):
    make_bundle(service.bundle, publication="P-002", sent=0, phase="not_begun")
    service.clock.sleep(2)
    assert "No text had been sent by" in words(service.get("/texts/B-001"))
