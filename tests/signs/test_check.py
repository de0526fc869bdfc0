"""The check as a whole: bands, quotes, and hostile input."""

import json
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import ringback
from ringback.errors import RingbackError
from ringback.signs.check import LONGEST, check_signs
from ringback.signs.facts import Envelope
from ringback.signs.findings import Ask, Sign
from ringback.signs.verdict import Band
from tiers import examples

SCAMS = [
    "Royal Mail: Your parcel has been held due to an unpaid fee of £2.99. Pay now at royalmail-redelivery.example"
    " or it will be returned.",
    "HSBC: your account has been locked due to unusual activity. Verify your details immediately:"
    " hsbc-secure-login.example",
    "Caller: This is the fraud department of your bank. Your account is at risk. Move your money to a safe account now"
    " and do not tell anyone.\nYou: Really?\nCaller: Stay on the line.",
]
GENUINE = [
    "Your appointment at Park Lane Surgery is on Thursday 16 January at 09:20. To cancel reply CANCEL.",
    "Your one-time passcode is 839201. Never share this code with anyone. If this wasn't you, call the number on the"
    " back of your card.",
    "DVLA: Vehicle tax for KX19 ZRO expires on 30 April. Tax it online at www.gov.uk/vehicletax",
    "are you coming to dinner on sunday? mum is making the lamb x",
]


@pytest.mark.parametrize("text", SCAMS)
def test_plain_scams_are_likely_and_say_why_and_what_to_do(text):
    check = check_signs(text, kind="call" if text.startswith("Caller") else "text")
    assert check.band is Band.likely
    assert check.reasons
    assert {"do_not_act", "report"} <= {one.key for one in check.advice}


@pytest.mark.parametrize("text", GENUINE)
def test_plain_genuine_messages_are_not_likely_and_never_called_safe(text):
    check = check_signs(text)
    assert check.band is not Band.likely
    assert "not_safe" in {one.key for one in check.advice}
    assert "is safe" not in check.said.replace("does not mean it is safe", "")


def assert_literal(check, text):
    for one in (*check.signs, *check.asks):
        assert text[one.at : one.until] == one.quote
        assert one.quote.strip()
        assert one.name in set(Sign) | set(Ask)
        assert one.cue
    for reason in check.reasons:
        assert not reason.quote or reason.quote in text or "goes to" in reason.text


@pytest.mark.parametrize("text", [*SCAMS, *GENUINE, "", " ", "😀", "\u0000", "\ud800", "a" * 50, "0" * 200, "." * 500])
@pytest.mark.parametrize("kind", ["text", "email", "call"])
def test_quotes_are_literally_in_the_text(text, kind):
    assert_literal(check_signs(text, kind=kind), text)


CUT = st.sampled_from([*SCAMS, *GENUINE])


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(
        st.text(max_size=400), st.builds(lambda a, b, c: a + b + c, st.text(max_size=40), CUT, st.text(max_size=40))
    )
)
def test_quotes_are_literally_in_any_text(text):
    for kind in ("text", "call"):
        assert_literal(check_signs(text, kind=kind), text)


@pytest.mark.parametrize(
    "unit", ["pay now at x.example ", "u r g e n t ", "a.b.c.", "💥", "1 2 ", "https://", "Caller: hi\n", "((((", "£££"]
)
def test_twenty_thousand_characters_do_not_take_minutes(unit):
    text = (unit * LONGEST)[:LONGEST]
    start = time.process_time()
    assert_literal(check_signs(text, kind="call"), text)
    # Not a measurement: an exponential search would take minutes.
    assert time.process_time() - start < 20


def test_a_longer_message_and_an_unknown_kind_are_clear_errors():
    with pytest.raises(RingbackError, match="20,001 characters"):
        check_signs("a" * (LONGEST + 1))
    with pytest.raises(RingbackError, match="no kind of message fax"):
        check_signs("a", kind="fax")


def test_a_message_in_another_language_is_not_judged():
    for text in (
        "Ihr Paket konnte heute leider nicht zugestellt werden, bitte zahlen Sie die Gebühr",
        "Ваш счёт заблокирован, перейдите по ссылке",
    ):
        check = check_signs(text)
        assert check.band is Band.not_judged
        assert "English" in check.said


def test_short_messages_are_unclear_rather_than_without_signs():
    assert check_signs("ok").band is Band.unclear
    assert check_signs("").band is Band.unclear


def test_what_the_called_person_says_does_not_count():
    call = (
        "Caller: Good morning, how are you?\nYou: Is this the fraud department? Shall I move my money to a safe"
        " account? It is urgent.\nCaller: No, it is the florist."
    )
    check = check_signs(call, kind="call")
    assert not check.asks
    assert all("florist" in one.quote or one.name == "authority" for one in check.signs)


def test_headers_of_an_email_are_reasons():
    envelope = Envelope(
        sender_name="HMRC Refunds", sender_domain="hmrc-refund.example", reply_domain="mail.example", failed=("DMARC",)
    )
    check = check_signs("You are due a refund of £200. Claim it now.", kind="email", envelope=envelope)
    assert {"mail_look_alike", "mail_reply_elsewhere", "mail_check_failed"} <= {fact.name for fact in check.facts}
    assert any("DMARC" in reason.text for reason in check.reasons)


def test_the_answer_is_json_without_the_message():
    held = json.loads(json.dumps(ringback.check_signs(SCAMS[0]).as_dict()))
    assert set(held) == {"band", "said", "score", "reasons", "signs", "asks", "facts", "advice"}
