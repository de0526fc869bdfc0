"""Report what happened: the questions, the bank first, saving, sending once, and the status."""

from datetime import date, time, timedelta

import pytest

from public_case import GENUINE, LAST_FOUR, make_bundle
from public_visitor import Service
from report_visitor import LOSS, TOLD, Reporter, code_on, opened_of, sealed_of
from ringback.alerting.model import references
from ringback.publishing.inbox import return_codes
from ringback.publishing.inbox.drafts import KEPT_FOR, KEPT_UNSAVED_FOR
from ringback.victim_reports import status_codes
from ringback.victim_reports.content import Happened, Kind, Loss, LossKind, ReportContent, Sure, TalkTime, Whose
from ringback.victim_reports.content import Reporter as Person
from ringback.victim_reports.questions import LOSS_QUESTIONS, QUESTIONS
from ringback.web.public.pages.report import wording
from ringback.web.public.pages.report.steps import STEPS
from web.public.test_pages import words


@pytest.fixture
def reporter(service):
    return Reporter(service)


def test_what_was_told_is_what_arrives(service, reporter):
    code = reporter.report()
    (sent,) = opened_of(service)
    assert status_codes.show(sent.status_code) == code
    assert sent.sent_at == service.clock.now()
    assert sent.content == ReportContent(
        kind=Kind.crime, called_number="+447700900123", called_number_typed="07700 900123", whose=Whose.own,
        called_on=date(2022, 4, 3), called_on_sure=Sure.exact, called_at=time(14, 30), claimed="Barclays Fraudteam",
        shown_number="+442079460987", shown_number_typed="020 7946 0987", talk_time=TalkTime.over_60,
        happened=(Happened.moved_money, Happened.gave_code),
        losses=(Loss(120050, LossKind.transfer, date(2022, 4, 4)),), story=TOLD["story"],
        reporter=Person("Mabel Quillfeather", "07700 900456", "mabel@example.com", "CF10", wants_to_be_told=True),
    )  # fmt: skip


def test_every_question_and_every_choice_has_public_words(service):
    assert [key for step in STEPS for key in step.keys] == [one.key for one in QUESTIONS]
    with service.app.app_context():
        for one in (*QUESTIONS, *LOSS_QUESTIONS):
            assert wording.question_words(one.key)[0].endswith(("?", "know it"))
            if one.choices:
                assert list(wording.choice_words(one.key)) == [key for key, _words in one.choices]


def test_who_has_our_text_is_not_asked_for_the_number(service):
    told = {**TOLD, "has_text": "yes", "reference": references.show(GENUINE).lower(), "last_four": LAST_FOUR}
    reporter = Reporter(service, told)
    reporter.report()
    assert "/report/question/called-number" not in reporter.seen
    (sent,) = opened_of(service)
    assert (sent.content.reference, sent.content.last_four, sent.content.called_number) == (GENUINE, LAST_FOUR, "")


def test_whether_reference_and_digits_are_ours_is_not_told(service):
    pairs = [(GENUINE, LAST_FOUR), (GENUINE, "0124"), (references.new_reference(), "0000")]
    pages = []
    for reference, digits in pairs:
        reporter = Reporter(service)
        sent = reporter.post("/report/reference", reference=reference, last_four=digits)
        pages.append((sent.status_code, sent.headers["Location"], len(sent.get_data())))
    assert len(set(pages)) == 1


@pytest.mark.parametrize(
    ("step", "typed", "told"),
    [
        ("text", {}, "Say if you got a text from us"),
        ("reference", {}, "Enter the reference from the text"),
        ("reference", {"reference": "BCDF-GHJK-NMZ", "last_four": "0123"}, "letter by letter"),
        ("reference", {"reference": GENUINE, "last_four": "07700 900123"}, "Enter four digits"),
        ("reference", {"reference": GENUINE}, "Enter the last four digits"),
        ("kind", {}, "Choose what you want to tell us"),
        ("kind", {"kind": "<b>"}, "Choose one of the answers"),
        ("called-number", {"called_number": "12"}, "Enter a phone number"),
        ("when", {"called_on": "25/12/2022"}, "That day is still to come"),
        ("when", {"called_on": "31/2/2022"}, "Enter a day"),
        ("time", {"called_at": "late"}, "Enter a time"),
        ("what-happened", {"happened": ["nothing", "gave_code"]}, "None of these"),
        ("caller", {"claimed": "'\"><b>" * 1000}, "That is too long"),
        ("you", {"email": "mabel"}, "Enter an e-mail address"),
        ("story", {"story": "x" * 20_001}, "That is too long"),
    ],
)
def test_what_cannot_be_read_is_told_beside_its_field_and_comes_back_as_typed(reporter, step, typed, told):
    reporter.write(until="/report/question/story" if step == "story" else "/report/question/kind")
    answer = reporter.post(f"/report/{step}" if step == "reference" else f"/report/question/{step}", **typed)
    assert answer.status_code == 400
    assert "There is a problem" in words(answer)
    assert told in words(answer)
    assert "<b>" not in answer.text
    assert "<title>Error:" in answer.text.replace("\n", "")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"loss": ""}, "Enter how much money it was"),
        ({"loss": "none"}, "Enter how much money it was"),
        ({"loss": "$50"}, "in pounds"),
        ({"loss": "50", "loss_returned": "60"}, "More came back than was lost"),
        ({"loss": "999999999999"}, "more than anybody ever lost"),
    ],
)
def test_a_sum_that_cannot_be_right_is_told(reporter, typed, told):
    reporter.write(until="/report/losses")
    answer = reporter.post("/report/loss/new", **typed)
    assert (answer.status_code, told in words(answer)) == (400, True)


def test_answers_are_kept_and_stand_in_their_fields_again(reporter):
    reporter.write()
    assert 'value="3/4/2022"' in reporter.get("/report/question/when").text
    assert 'value="1200.50"' in reporter.get("/report/loss/1").text
    page = reporter.get("/report/question/what-happened").text
    assert page.count(" checked") == 2
    assert TOLD["story"] in reporter.get("/report/question/story").text


def test_yesterday_is_the_day_before_it_was_typed_on_any_day(service):
    reporter = Reporter(service, called_on="yesterday")
    reporter.write()
    code = reporter.save()
    service.clock.sleep(timedelta(days=2).total_seconds())
    back = Reporter(service)
    back.post("/report/return", code=code)
    assert "Wednesday 23 November 2022" in words(back.get("/report/answers"))


def test_an_answer_can_be_changed_before_it_is_sent(service, reporter):
    reporter.write()
    page = reporter.get("/report/answers")
    assert "£1,200.50" in words(page)
    assert 'href="/report/question/caller"' in page.text
    assert reporter.post("/report/question/caller", claimed="HMRC").headers["Location"] == "/report/answers"
    assert reporter.post("/report/loss/1", then="remove").headers["Location"] == "/report/losses"
    assert reporter.post("/report/losses", more="yes").headers["Location"] == "/report/loss/new"
    reporter.post("/report/loss/new", loss="10")
    reporter.post("/report/loss/new", loss="20")
    reporter.post("/report/loss/2", loss="30")
    reporter.post("/report/losses", more="no")
    reporter.send()
    (sent,) = opened_of(service)
    assert sent.content.claimed == "HMRC"
    assert [one.pence for one in sent.content.losses] == [1000, 3000]


HINT = "A digit may be missing: a UK mobile number has 11. Change it if you can."


def test_a_mobile_with_one_digit_missing_is_taken_with_a_hint_beside_it(service):
    reporter = Reporter(service, called_number="07700 90012")
    reporter.write()
    page = words(reporter.get("/report/answers"))
    assert page.count(HINT) == 1
    assert f"07700 90012 {HINT}" in page
    assert 'value="07700 90012"' in reporter.get("/report/question/called-number").text
    reporter.send()
    (sent,) = opened_of(service)
    assert (sent.content.called_number, sent.content.called_number_typed) == ("", "07700 90012")


def test_the_hint_is_gone_once_the_digit_is_there(service):
    reporter = Reporter(service, called_number="07700 90012")
    reporter.write()
    answer = reporter.post("/report/question/called-number", called_number="07700 900123")
    assert answer.headers["Location"] == "/report/answers"
    assert HINT not in words(reporter.get("/report/answers"))


@pytest.mark.parametrize(("step", "key"), [("shown-number", "shown_number"), ("you", "contact_number")])
def test_other_numbers_that_lack_a_digit_are_refused(reporter, step, key):
    reporter.write()
    answer = reporter.post(f"/report/question/{step}", **{key: "07700 90012"})
    assert (answer.status_code, "Enter a phone number" in words(answer)) == (400, True)


def test_what_is_not_asked_any_more_after_a_change_is_not_sent(service, reporter):
    reporter.write()
    assert reporter.post("/report/question/text", has_text="yes").headers["Location"] == "/report/reference"
    place = reporter.post("/report/reference", reference=GENUINE, last_four=LAST_FOUR)
    assert place.headers["Location"] == "/report/answers"
    reporter.post("/report/question/what-happened", happened="nothing")
    reporter.send()
    (sent,) = opened_of(service)
    assert (sent.content.called_number_typed, sent.content.losses) == ("", ())


def test_information_is_told_apart_from_a_crime(service):
    reporter = Reporter(service, kind="information")
    reporter.report()
    (sent,) = opened_of(service)
    assert (sent.content.kind, sent.content.happened, sent.content.losses) == (Kind.information, (), ())
    assert not {"/report/question/what-happened", "/report/losses"} & set(reporter.seen)


@pytest.mark.parametrize(
    ("changes", "loss_on", "first"),
    [
        ({"called_on": "today"}, "today", "/report/bank"),
        ({"called_on": "22/11/2022"}, "", "/report/bank"),
        ({"called_on": "21/11/2022"}, "1/11/2022", None),
        ({"called_on": "1/11/2022"}, "yesterday", "/report/bank"),
        ({"called_on": ""}, "", "/report/bank"),
        ({"called_on": "", "happened": ["nothing"]}, "", None),
        ({"called_on": "today", "kind": "information"}, "", None),
    ],
)
def test_who_paid_within_two_days_is_sent_to_the_bank_first(service, changes, loss_on, first):
    reporter = Reporter(service, losses=[{**LOSS, "loss_on": loss_on}], **changes)
    if first and loss_on == "yesterday":
        reporter.write(until="/report/losses")
        assert reporter.post("/report/loss/new", **reporter.losses[0]).headers["Location"] == first
    else:
        reporter.write()
        assert ("/report/bank" in reporter.seen) == bool(first)
        assert reporter.seen.count("/report/bank") <= 1
    if first:
        page = words(reporter.get("/report/bank"))
        assert "Ring your bank now" in page
        assert "I have rung my bank" in page
        assert "Go on with the report" in page


def test_who_did_it_today_reads_of_the_bank_before_any_question_about_what_happened(service):
    reporter = Reporter(service, called_on="today")
    reporter.write()
    assert reporter.seen.index("/report/bank") == reporter.seen.index("/report/question/when") + 1


def test_a_saved_report_is_opened_elsewhere_by_its_code_alone(service, reporter):
    reporter.write(until="/report/question/story")
    code = reporter.save(story="half of it")
    other = Reporter(service)
    back = other.post("/report/return", code=code.lower().replace("-", " "))
    assert back.headers["Location"] == "/report/files"
    assert "half of it" in other.get("/report/question/story").text
    assert return_codes.read(code) == other.cookie()


def test_saving_keeps_what_can_be_read_and_asks_for_nothing(reporter):
    reporter.write(until="/report/question/you")
    code = reporter.save("/report/question/you", name="Mabel", email="not an address")
    assert code
    page = reporter.get("/report/question/you").text
    assert 'value="Mabel"' in page
    assert "not an address" not in page


def test_a_report_can_be_saved_from_its_first_page(service):
    reporter = Reporter(service)
    assert reporter.save("/report/question/text", has_text="no")


def test_after_seven_days_a_saved_report_is_gone_and_after_one_day_one_that_was_not_saved(service):
    saved, unsaved = Reporter(service), Reporter(service)
    for one in (saved, unsaved):
        one.write(until="/report/question/story")
    code = saved.save()
    service.clock.sleep((KEPT_UNSAVED_FOR + timedelta(minutes=1)).total_seconds())
    assert unsaved.get("/report/question/story").status_code == 404
    assert saved.get("/report/question/story").status_code == 200
    service.clock.sleep((KEPT_FOR - KEPT_UNSAVED_FOR).total_seconds())
    assert saved.get("/report/question/story").status_code == 404
    gone = Reporter(service).post("/report/return", code=code)
    unknown = Reporter(service).post("/report/return", code=return_codes.new_code())
    assert (gone.status_code, gone.get_data()) == (unknown.status_code, unknown.get_data())
    assert service.drafts.forget_old(now=service.clock.now()) == 2


def test_what_was_written_can_be_deleted_at_once(service, reporter):
    reporter.write()
    code = reporter.cookie()
    assert "Delete what you have written?" in words(reporter.get("/report/delete"))
    assert "It is deleted" in words(reporter.post("/report/delete"))
    assert reporter.cookie() is None
    assert service.drafts.read(code, now=service.clock.now()) is None


def test_sent_twice_it_is_one_report_with_one_status_code(service, reporter):
    reporter.write()
    page = reporter.get("/report/answers").text
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    answers = [
        reporter.visitor.post("/report/answers", data={"csrf_token": token}, base_url="https://localhost")
        for _press in range(3)
    ]
    assert [one.headers["Location"] for one in answers] == ["/report/sent"] * 3
    assert len(sealed_of(service)) == 1
    assert reporter.status_code() == reporter.status_code() == status_codes.show(opened_of(service)[0].status_code)


def test_after_sending_nothing_can_be_read_back_with_cookie_or_code(service, reporter):
    reporter.write()
    code = reporter.save()
    reporter.write()
    assert reporter.send().headers["Location"] == "/report/sent"
    for path in ("/report/answers", "/report/question/story", "/report/losses", "/report/loss/1", "/report/saved"):
        answer = reporter.get(path)
        assert answer.status_code == 404
        assert "emptied" not in answer.text
    assert Reporter(service).post("/report/return", code=code).status_code == 404


def test_the_status_code_is_shown_for_an_hour_or_until_it_is_written_down(service, reporter):
    reporter.report()
    assert reporter.get("/report/sent").status_code == 200
    service.clock.sleep(3601)
    assert reporter.get("/report/sent").status_code == 404
    other = Reporter(service)
    other.report()
    assert other.post("/report/sent").headers["Location"] == "/"
    assert other.get("/report/sent").status_code == 404


def test_an_unfinished_report_is_not_sent(service, reporter):
    reporter.write(until="/report/question/story")
    token = reporter.get("/report/question/story").text.partition('name="csrf_token" value="')[2].partition('"')[0]
    sent = reporter.visitor.post("/report/answers", data={"csrf_token": token}, base_url="https://localhost")
    assert sent.headers["Location"] == "/report/question/story"
    assert sealed_of(service) == []


def test_a_report_that_says_nothing_is_not_sent(service):
    reporter = Reporter(service, {"has_text": "no", "kind": "crime", "called_on": ""}, losses=())
    reporter.write()
    answer = reporter.send()
    assert (answer.status_code, "You have not told us anything yet" in words(answer)) == (400, True)
    assert sealed_of(service) == []


def test_before_the_next_release_a_report_that_waits_is_known_by_its_code(service, reporter):
    code = reporter.report()
    answer = Reporter(service).post("/report/status", code=code.lower())
    assert "We have your report" in words(answer)
    assert "Since Thursday 24 November 2022" in words(answer)
    assert "emptied" not in answer.text


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("received", "We have your report"),
        ("looked_at", "We have read your report"),
        ("tied", "We found the call"),
        ("helped", "Your report helped"),
        ("closed", "We are done with your report"),
    ],
)
def test_each_status_is_told_in_words(tmp_path, status, told):
    code = status_codes.new_status_code()
    service = Service(tmp_path / "bundle", statuses=[(code, status), (status_codes.new_status_code(), "closed")])
    answer = Reporter(service).post("/report/status", code=status_codes.show(code))
    assert told in words(answer)
    assert "Since Friday 25 November 2022" in words(answer)


def test_a_code_that_nobody_has_is_told_that_it_is_not_known_yet(service):
    for code in (status_codes.new_status_code(), status_codes.new_status_code()):
        assert "We do not know this code yet" in words(Reporter(service).post("/report/status", code=code))
    assert Reporter(service).post("/report/status", code="x").status_code == 400


def test_whoever_guesses_codes_has_to_wait(service):
    visitor = Reporter(service)
    codes = [visitor.post("/report/return", code=return_codes.new_code()).status_code for _guess in range(12)]
    assert codes == [404] * 10 + [429] * 2
    assert visitor.post("/report/status", code=status_codes.new_status_code()).status_code == 429


def test_when_too_many_write_the_next_is_told_to_ring(service, monkeypatch):
    monkeypatch.setattr("ringback.publishing.inbox.drafts.MOST_OF_A_SOURCE", 2)
    answers = [Reporter(service).post("/report/question/text", has_text="no") for _one in range(3)]
    assert [one.status_code for one in answers] == [303, 303, 503]
    assert "0300" in words(answers[-1])


def test_when_too_many_wait_to_be_collected_what_is_written_stays(service, reporter, monkeypatch):
    reporter.write()
    monkeypatch.setattr("ringback.publishing.inbox.drafts.MOST_SENT", 0)
    assert reporter.send().status_code == 503
    monkeypatch.undo()
    assert reporter.send().headers["Location"] == "/report/sent"


def test_a_release_without_a_key_takes_no_reports(tmp_path):
    service = Service(tmp_path / "bundle", reports=False)
    assert "You cannot report here just now" in words(service.get("/report"))
    assert service.get("/report/question/text").status_code == 404
    assert Reporter(service).visitor.post("/report/question/text").status_code == 400


def test_a_release_that_takes_no_reports_any_more_keeps_what_was_written(service, reporter):
    reporter.write()
    make_bundle(service.bundle, publication="P-002", reports=False)
    service.clock.sleep(2)
    assert reporter.send().status_code == 503
    assert reporter.get("/report/answers").status_code == 200


def test_a_long_story_in_any_alphabet_arrives(service):
    story = "Злодеи 😱" * 2500
    reporter = Reporter(service, story=story[:20_000])
    reporter.report()
    assert opened_of(service)[0].content.story == story[:20_000]


def test_more_than_can_be_kept_is_told(service, monkeypatch, reporter):
    reporter.write(until="/report/question/story")
    monkeypatch.setattr("ringback.publishing.inbox.drafts.LARGEST_DRAFT", 2000)
    answer = reporter.post("/report/question/story", story="x" * 3000)
    assert (answer.status_code, "That is too long to keep" in words(answer)) == (413, True)


def test_the_page_with_the_status_code_shows_it_in_big_letters(reporter):
    reporter.report()
    assert status_codes.read(code_on(reporter.get("/report/sent")))
