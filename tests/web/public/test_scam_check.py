"""The check for scams: what it answers, whatever is pasted, and that nothing of it stays behind."""

import logging
import re
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ringback.signs.check import check_signs
from ringback.text import data_files
from ringback.text.data_files import PACKAGED, DataFiles, use_data
from ringback.web.kernel.language import PSEUDO
from ringback.web.public.app import create_app
from ringback.web.public.pages import scam_check
from ringback.web.public.pages.scam_check_form import clean, read_pasted
from ringback.web.public.pages.scam_marking import mark
from scam_forms import MESSAGE, SCAM, send, shown_message, words
from tiers import examples
from web.kernel.page_words import plain_words

PASTED = st.text(st.characters(codec="utf-8"), max_size=200) | st.lists(
    st.sampled_from(
        ["<script>x()</script>", "</div>", "<mark>", "{{7*7}}", "\x00", "\u202e", "\u2066", "\r\n", "&lt;", '"', "😀",
         "pay now ", "act now ", "HMRC: ", "https://hmrc-refund.example/claim ", "your bank account ", "شكرا ", "\n\n",
         "From: HMRC <a@hmrc.example>\n", "Subject: Refund\n"]
    ), max_size=30,
).map("".join)  # fmt: skip


def test_a_scam_is_told_with_its_reasons_its_words_and_what_to_do(service):
    answer = send(service, message=SCAM)
    assert answer.status_code == 200
    text = words(answer)
    assert "This is likely to be a scam." in text
    assert text.count("A computer looked at the words") == 1
    assert "It pushes you to act fast. claim expires today, so act now" in text
    assert "Do not reply, click, ring back or pay." in text
    page = answer.get_data(as_text=True)
    assert re.search(r"<mark><span[^>]*>\[[^<]*hurry or threat[^<]*: </span>claim expires today, so act now<", page)


def test_what_was_not_judged_is_not_called_an_opinion(service):
    text = words(send(service, message="Ihr Paket konnte heute leider nicht zugestellt werden, bitte zahlen Sie"))
    assert "We did not judge this one." in text
    assert "opinion" not in text


def test_no_answer_ever_says_that_something_is_safe(service):
    for message in (SCAM, "Hi Sam, see you at six at the station.", "ok", "Ihr Paket konnte heute leider nicht kommen"):
        text = words(send(service, message=message))
        without = re.sub(r"That does not mean it is safe|This is no proof that it is safe|safe account", "", text)
        assert not re.search(r"\bsafe\b", without)


def test_what_has_happened_comes_first_and_the_bank_before_all(service):
    answer = send(service, message=SCAM, happened=["opened_link", "gave_password", "gave_bank_details"])
    text = words(answer)
    assert text.index("Ring your bank: 159") < text.index("Then do these things") < text.index("What we noticed")
    told = words(send(service, message=SCAM, happened="opened_link"))
    assert told.index("Do this now") < told.index("What we noticed")


def test_somebody_who_only_remembers_answers_questions(service):
    answer = send(service, "answers", claimed=["bank"], said=["hurry"], asked=["move_money", "keep_secret"])
    assert "This is likely to be a scam." in words(answer)
    assert "You said: Pay, or move money" in words(answer)
    assert "Your message" not in words(answer)


@pytest.mark.parametrize("fields", [{}, {"message": " \n "}])
def test_an_empty_form_says_what_is_missing(service, fields):
    answer = send(service, **fields)
    assert answer.status_code == 400
    assert "Paste the message" in words(answer)
    assert send(service, "answers").status_code == 400


def test_an_answer_that_is_no_longer_asked_is_asked_again(service):
    answer = send(service, "answers", claimed=["<b>nobody"])
    assert answer.status_code == 400
    assert "The questions have changed" in words(answer)
    assert "<b>nobody" not in answer.get_data(as_text=True)


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PASTED)
def test_whatever_is_pasted_is_shown_as_it_was_and_nothing_of_it_is_html(service, message):
    service.clock.sleep(60)
    answer = send(service, message=message)
    if not clean(message).strip():
        assert answer.status_code == 400
        return
    assert answer.status_code == 200
    assert shown_message(answer) == read_pasted(clean(message)).text
    page = answer.get_data(as_text=True)
    assert "<script>x" not in page
    assert page.count("<mark>") == page.count("</mark>")
    assert answer.headers["Cache-Control"] == "no-store"


@settings(max_examples=examples(100), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(PASTED)
def test_the_pieces_of_a_message_are_its_text_and_every_quote_is_in_it(service, message):
    with service.app.app_context():
        check = check_signs(clean(message))
        pieces = mark(check)
    assert "".join(one.text for one in pieces) == check.text
    for one in (*check.signs, *check.asks):
        assert one.quote in check.text
        assert any(one.quote in piece.text for piece in pieces if piece.names), one


def kept_in_memory(service):
    """How much each cache of the check holds that outlives an answer."""
    release = service.releases.current().judged_by
    kept = {**PACKAGED.kept, **data_files._OUTERMOST.kept}
    sizes = [
        {function.__qualname__: cache.cache_info().currsize for function, cache in one.items()}
        for one in (release.kept, kept)
    ]
    assert sizes[0], "what comes from the files is kept"
    return sizes


def test_nothing_of_a_message_is_stored_logged_or_put_into_an_address(service, caplog):
    caplog.set_level(logging.DEBUG)
    secret = "Zanzibarquux"
    send(service, message=SCAM)
    before = {path: path.stat().st_size for path in service.bundle.rglob("*")}
    sizes = kept_in_memory(service)
    answer = send(service, message=f"{SCAM} {secret}")
    assert "Location" not in answer.headers
    assert secret not in answer.headers.get("Set-Cookie", "")
    assert secret not in caplog.text
    assert {path: path.stat().st_size for path in service.bundle.rglob("*")} == before
    assert kept_in_memory(service) == sizes, "no cache has grown"


def test_what_was_worked_out_from_a_message_is_forgotten_with_its_answer():
    asked = []

    @data_files.kept_for_now(8)
    def ask(word):
        asked.append(word)
        return word

    files = DataFiles({})
    for _turn in range(2):
        with use_data(files):
            assert ask("a word") == ask("a word")
    assert asked == ["a word", "a word"], "once for each message"
    assert files.kept == {}


def test_a_fault_of_ours_is_logged_without_the_words_that_made_it(service, monkeypatch, caplog):
    def fail(text, **_options):
        raise ValueError(f"cannot read {text}")

    monkeypatch.setattr(scam_check, "check_beginning", fail)
    answer = send(service, message="Zanzibarquux")
    assert answer.status_code == 500
    assert "Zanzibarquux" not in caplog.text + answer.get_data(as_text=True)
    assert "a message could not be judged: ValueError in test_scam_check.py" in caplog.text


def test_an_email_with_headers_is_read_as_its_reader_sees_it(service):
    mail = "From: HMRC <help@hmrc-refund.example>\nSubject: Refund of £9\nDate: today\n\n" + SCAM
    answer = send(service, message=mail)
    assert shown_message(answer) == f"Refund of £9\n\n{SCAM}"
    assert "The sender’s address has “hmrc” in it" in words(answer)


def test_an_email_that_python_cannot_read_is_judged_as_text(service):
    for start in ("(" * 3000, '"' * 500, "=?utf-8?q?" * 300, "<@" * 1000):
        mail = f"From: {start}\nSubject: {start}\nContent-Type: multipart/mixed; boundary={start}\n\n{SCAM}"
        assert send(service, message=mail).status_code == 200


NASTY = {
    "emoji": "😀🎉👩‍👩‍👧" * 12_000,
    "right to left": "دفع الآن حسابك مغلق " * 3_000,
    "direction marks": "\u202epay now\u202c \u2067act\u2069 " * 4_000,
    "html": "<a href='https://hmrc-pay.example/x?y=1'>pay</a><div>now</div>" * 1_000,
    "headers": "From: a@b.example\nSubject: x\n" + "Received: from x by y; today\n" * 2_100,
    "a mail": "From: a@b.example\nSubject: x\nContent-Type: text/html\n\n" + "<a href=x><!-- <p" * 4_000,
    "mails in a mail": "From: a@b.example\nSubject: x\n" + "Content-Type: multipart/mixed; boundary=a\n\n--a\n" * 1_400,
    "dashes": "-" * 60_000,
    "addresses": "a@b.example " * 5_000,
    "hosts": " ".join(f"royal-mail-{one}.parcel{one}.example" for one in range(2_000)),
    "letters apart": "u r g e n t " * 5_000,
    "scam": (SCAM + " ") * 460,
}


@pytest.mark.parametrize("name", NASTY)
def test_sixty_thousand_characters_are_answered_and_the_page_says_what_was_read(service, name):
    message = NASTY[name][:60_000]
    send(service, message="so that all is ready")
    answer = send(service, message=message)
    assert answer.status_code == 200
    # An e-mail may have few words in it.
    assert ("We read only its first 20,000 characters" in words(answer)) or name == "a mail"


def test_a_long_message_of_which_a_part_was_not_read_never_has_no_signs(service):
    harmless = "Hi Sam, see you at the station at six, I have the tickets with me. "
    assert "We found no signs" in words(send(service, message=harmless))
    assert "We cannot tell. Treat it with care." in words(send(service, message=harmless * 400))


def test_only_this_form_takes_a_large_body(service):
    large = "x" * 100_000
    assert send(service, message=large).status_code == 200
    assert send(service, message="x" * 800_000).status_code == 413
    assert send(service, "answers", claimed=large).status_code == 413
    assert service.post(large, "0000").status_code == 413


def test_a_form_from_another_site_is_refused(service):
    answer = service.visitor.post("/scam-check", data={"message": SCAM}, base_url="https://localhost")
    assert answer.status_code == 400
    assert "likely" not in words(answer)


def test_too_many_at_once_are_asked_to_come_again(service, monkeypatch):
    monkeypatch.setattr(scam_check, "_AT_ONCE", 1)
    monkeypatch.setattr(scam_check, "_WAIT_S", 0.05)
    app = create_app(service.releases, service.inbox, clock=service.clock)
    service.app, service.visitor = app, app.test_client()
    page = service.get("/scam-check").get_data(as_text=True)
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    judging, done = threading.Event(), threading.Event()

    def wait(*arguments, **options):
        judging.set()
        done.wait(10)
        return real(*arguments, **options)

    real = scam_check.check_beginning
    monkeypatch.setattr(scam_check, "check_beginning", wait)
    first = threading.Thread(target=_post, args=(service.visitor, token))
    first.start()
    judging.wait(10)
    answer = _post(service.visitor, token)
    done.set()
    first.join()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")


def _post(visitor, token):
    return visitor.post("/scam-check", data={"csrf_token": token, "message": SCAM}, base_url="https://localhost")


def test_every_word_is_in_a_catalogue(service):
    app = create_app(service.releases, service.inbox, clock=service.clock, language=PSEUDO)
    service.app, service.visitor = app, app.test_client()
    pages = [
        service.get("/scam-check"), service.get("/scam-check/questions"), send(service), send(service, "answers"),
        send(service, "answers", claimed=["bank"], asked=["move_money"], happened=["paid"]),
        send(service, "answers", how=["call"], asked=["collect"], happened=["gave_access"]),
        send(service, "answers", how=["call"], claimed=["police"], asked=["take_cash"]),
        send(service, happened=["opened_link"]),
    ]  # fmt: skip
    names = {"Example", "Police"}
    for page in pages:
        sources = re.sub(r'<a class="govuk-link" href="https:.*?</a>', "", page.get_data(as_text=True))
        assert set(plain_words(sources)) <= names
    ours = "Example Police: your reference is BCDF-GHJK-MNZ."
    for message in (SCAM, "Your code is 482913.", ours, f"{ours} https://hmrc.example"):
        for happened in ([], ["paid"]):
            judged = send(service, message=message, happened=happened).get_data(as_text=True)
            own = re.sub(r"<q .*?</q>|“hmrc”", "", MESSAGE.sub("", judged), flags=re.DOTALL)
            own = re.sub(r'<a class="govuk-link" href="https:.*?</a>', "", own)
            assert set(plain_words(own)) <= names
