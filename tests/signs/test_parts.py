"""Links, turns, e-mails, advice, questions: the parts of the check."""

import re
import time

import pytest

from ringback.signs.advice import Situation, choose_advice, find_faults, read_advice, things_that_happen
from ringback.signs.check import check_signs
from ringback.signs.cues import read_cue_file
from ringback.signs.emails import read_email
from ringback.signs.facts import find_facts
from ringback.signs.findings import Ask, Sign
from ringback.signs.links import is_address, is_official, read_link
from ringback.signs.model import read_model
from ringback.signs.questionnaire import check_answers, read_questions
from ringback.signs.spelling import CUE_FILES
from ringback.signs.stories import read_stories
from ringback.signs.turns import read_turns
from ringback.signs.verdict import SAID, Band
from ringback.signs.words import Words


@pytest.mark.parametrize(
    ("written", "looks_like"),
    [
        ("https://royalmail-fee.example/pay", "royalmail"),
        ("hsbc.login.example", "hsbc"),
        ("barc1ays-verify.example", "barclays"),
        ("barclayss.example", "barclays"),
        ("hmrc.refund.example", "hmrc"),
        ("www.royalmail.com", ""),
        ("florist.example", ""),
    ],
)
def test_a_link_that_looks_like_an_official_one_is_recognised(written, looks_like):
    assert read_link(written).looks_like == looks_like


@pytest.mark.parametrize(
    ("written", "odd"),
    [
        ("http://203.0.113.7/x", "address_in_digits"),
        ("https://usps.com@bit.ly/3", "name_before_at"),
        ("xn--brclays-6ya.example", "punycode"),
        ("a-b-c-d.example", "many_hyphens"),
        ("https://x.example/app.apk", "file_to_install"),
        ("chat.whatsapp.com/abc", "chat_invite"),
    ],
)
def test_odd_links_are_recognised(written, odd):
    assert odd in read_link(written).odd


def test_official_domains_are_known_whole():
    assert all(map(is_official, ["www.gov.uk", "hmrc.gov.uk", "england.nhs.uk", "hsbc.co.uk", "reportfraud.police.uk"]))
    assert not any(map(is_official, ["gov.uk.example", "notgov.uk", "hsbc.co.uk.example", "nhs-uk.example"]))
    assert not is_address("later.see")


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("ring 07700 900123", "phone_mobile"),
        ("ring 0345 050 4585", "phone_published"),
        ("ring 020 7946 0123", "phone_other"),
        ("ring +1 202 555 0123", "phone_abroad"),
        ("write to tax@gmail.com", "free_mail"),
        ("see bit.ly/x", "link_shortener"),
        ("Daisy Florists: see daisyflorists.co.uk", "link_named"),
    ],
)
def test_facts_of_numbers_and_links(text, fact):
    found = find_facts(Words(text))
    assert fact in {one.name for one in found}
    assert all(text[one.at : one.until] == one.quote for one in found)


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("Caller: Hello.\nYou: Who is it?", [False, True]),
        ("Agent: Hello. Customer: Yes? Agent: Good.", [False, True, False]),
        ("Officer: It is the police.\nMrs Shah: Oh no!", [False, True]),
        ("A: Hello?\nB: This is your bank about your account today.\nA: Oh.", [True, False, True]),
        ("no labels at all here", []),
        ("Note: this is one line", []),
    ],
)
def test_the_called_person_is_recognised_by_the_turns(text, called):
    assert [turn.called for turn in read_turns(text)] == called


EML = b"""From: "HM Revenue" <refund@hmrc-tax.example>
Reply-To: collect@elsewhere.example
Subject: Your refund
Authentication-Results: mx.example; spf=fail; dkim=pass; dmarc=fail
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="x"

--x
Content-Type: text/html; charset=utf-8

<html><head><style>p {color: red}</style></head><body><p>You are due a <b>refund</b>.</p>
<p><a href="https://evil.example/a">www.gov.uk/refund</a> or
<a href="https://bad.example/">click here</a></p></body></html>
--x
Content-Type: application/octet-stream
Content-Disposition: attachment; filename="form.html"

x
--x--
"""


def test_an_email_is_read_as_its_reader_sees_it():
    text, envelope = read_email(EML)
    assert text.startswith("Your refund\n\nYou are due a refund.")
    assert "color" not in text
    assert envelope.failed == ("DMARC", "SPF")
    assert envelope.reply_domain == "elsewhere.example"
    assert envelope.disguised == (("www.gov.uk".removeprefix("www."), "evil.example"),)
    assert envelope.links == ("bad.example",)
    assert envelope.attachments == ("form.html",)
    names = {fact.name for fact in find_facts(Words(text), envelope)}
    assert {"mail_look_alike", "link_disguised", "file_dangerous", "mail_check_failed"} <= names


@pytest.mark.parametrize("content", [b"", b"hello", b"\xff\xfe\x00", b"Content-Type: multipart/mixed\n\n"])
def test_a_file_that_is_no_email_is_a_clear_error(content):
    with pytest.raises(ValueError, match="not an e-mail"):
        read_email(content)


def test_advice_has_no_dead_reference_and_every_statement_its_source():
    held = read_advice()
    assert find_faults(held) == []
    assert set(held["asks"]) == {str(ask) for ask in Ask}
    broken = {
        **held,
        "asks": {**held["asks"], "login": ["gone"]},
        "statements": {**held["statements"], "bare": {"text": "x"}},
    }
    faults = find_faults(broken)
    assert "asks.login refers to gone, which is not there" in faults
    assert any("bare has no source" in fault for fault in faults)
    assert find_faults({**held, "asks": {}})


@pytest.mark.parametrize(
    ("happened", "first"),
    [
        ("gave_password", "ring_159"),
        ("gave_personal_details", "ring_159"),
        ("gave_bank_details", "ring_159"),
        ("gave_access", "disconnect"),
        ("gave_code", "ring_159"),
        ("paid", "ring_159"),
        ("opened_link", "opened_link"),
    ],
)
def test_what_has_happened_already_comes_first(happened, first):
    situation = Situation(asks=frozenset([Ask.click_link]), happened=(happened,))
    assert choose_advice(Band.likely, situation)[0].key == first


def test_what_was_asked_for_has_its_advice():
    asks = frozenset([Ask.bank_details, Ask.remote_access])
    keys = {one.key for one in choose_advice(Band.likely, Situation(asks=asks))}
    assert {"never_give_bank", "no_remote", "forward_7726", "report", "report_scotland"} <= keys


def test_what_the_nhs_never_does_is_said_only_where_it_is_named():
    ask = "Reply with your sort code and account number now."
    assert "nhs_bank" in {one.key for one in check_signs(f"NHS: {ask}").advice}
    assert "nhs_bank" not in {one.key for one in check_signs(f"Your bank: {ask}").advice}
    for claimed, said in (("health", True), ("bank", False)):
        check = check_answers({"claimed": [claimed], "asked": ["bank_details"]})
        assert ("nhs_bank" in {one.key for one in check.advice}) is said


def test_the_number_of_the_bank_is_said_once():
    asks, happened = frozenset(Ask), tuple(things_that_happen())
    for band in Band:
        for call in (False, True):
            for told in ((), happened):
                advice = choose_advice(band, Situation(asks=asks, happened=told, call=call))
                assert sum("159" in one.text for one in advice) == 1, (band, call)


def test_advice_on_a_call_does_not_speak_of_messages():
    asked = [choice.key for one in read_questions() if one.key == "asked" for choice in one.choices]
    for claimed in ([], ["bank"], ["police"]):
        for one in asked:
            answers = {"how": ["call"], "claimed": claimed, "asked": [one]}
            keys = {one.key for one in check_answers(answers).advice}
            assert keys.isdisjoint({"forward_7726", "forward_email", "check_yourself", "do_not_act"})
            assert "hang_up_and_ask" in keys
    message = check_answers({"how": ["message"], "claimed": ["police"], "asked": ["crypto"]})
    assert "forward_7726" in {one.key for one in message.advice}
    # Nobody stays on the line of a message.
    assert "hang_up_and_ask" in {one.key for one in check_answers({"asked": ["stay"]}).advice}


def test_somebody_who_is_asked_for_cash_or_a_card_is_told_of_courier_fraud():
    for asked in ("hand_over", "collect"):
        check = check_answers({"claimed": ["police"], "asked": [asked]})
        assert check.band is Band.likely
        assert check.reasons[0].text == "It is like a known scam: somebody is to collect your card or cash."
        assert [one.key for one in check.advice][:2] == ["somebody_coming", "never_hand_over"]
        # Nobody was named, so we do not know. What to do is the same.
        assert check_answers({"asked": [asked]}).advice[0].key == "somebody_coming"
    cash = check_answers({"claimed": ["bank"], "asked": ["take_cash"]})
    assert cash.band is Band.likely
    assert "never_hand_over" in {one.key for one in cash.advice}
    paid = check_answers({"claimed": ["police"], "asked": ["collect"], "happened": ["paid"]})
    assert [one.key for one in paid.advice][:2] == ["somebody_coming", "ring_159"]
    text = "Police: fraud on your card. An officer will come to collect your card and cash for evidence today."
    assert check_signs(text).advice[0].key == "somebody_coming"


def test_advice_may_lack_what_releases_of_before_did_not_have():
    held = {name: one for name, one in read_advice().items() if name not in {"calls", "stories", "named"}}
    faults = find_faults(held)
    assert all("is used nowhere" in fault for fault in faults)
    assert "calls.dance is not known" in find_faults(read_advice() | {"calls": {"dance": []}})


def test_answers_of_the_questionnaire_replace_words():
    check = check_answers(
        {"claimed": ["police"], "asked": ["move_money", "keep_secret"], "said": ["or_else"], "happened": ["paid"]}
    )
    assert check.band is Band.likely
    assert check.advice[0].key == "ring_159"
    assert any(reason.text.startswith("You said:") for reason in check.reasons)
    assert check_answers({}).band is Band.unclear
    assert check_answers({"claimed": ["health"], "asked": ["nothing"]}).band is not Band.likely
    with pytest.raises(ValueError, match="no question food; question asked has no choice dance"):
        check_answers({"food": ["a"], "asked": ["dance"]})


def test_the_model_looks_at_nothing_that_is_not_found():
    names = {str(sign) for sign in Sign} | {str(ask) for ask in Ask}
    model = read_model()
    assert 0.5 < model.likely_from < 1
    assert 0 < model.clear_below < 0.5
    for feature, weight in model.weights.items():
        kind, _, rest = feature.partition(":")
        assert kind in {"sign", "cue", "ask", "genuine", "fact", "story", "count", "has", "size"}, feature
        if kind in {"sign", "ask", "cue", "story"}:
            assert weight >= 0, feature
        if kind in {"sign", "ask"}:
            assert rest in names
        if kind == "genuine":
            assert weight <= 0, feature


def _grade(text):
    """School grade by Flesch and Kincaid: 6 is about eleven years of age."""
    words = re.findall(r"[A-Za-z']+", text)
    sentences = max(1, len(re.findall(r"[.!?]+(?:\s|$)", text)))
    syllables = sum(
        max(1, len(re.findall(r"[aeiouy]+", re.sub(r"(?<=[^aeiouyl])e$", "", word.lower())))) for word in words
    )
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59


def test_reasons_and_advice_can_be_read_at_eleven():
    reasons = [reason for name in CUE_FILES for reason in read_cue_file(name).reasons.values()]
    reasons += [story.reason for story in read_stories()]
    reasons += [*SAID.values(), *(question.text for question in read_questions())]
    assert _grade(" ".join(reasons)) <= 6.5
    assert _grade(" ".join(one["text"] for one in read_advice()["statements"].values())) <= 6.5


def test_an_email_that_was_pasted_is_utf_8_whatever_its_headers_say():
    for type_ in ("", "Content-Type: text/plain; charset=iso-8859-1\n", "Content-Type: text/html\n"):
        mail = f"From: Zo\u00eb \u00a3 <a@b.example>\nSubject: Pay \u00a39\n{type_}\nPay \u00a39 now \u2013 or else"
        text, envelope = read_email(mail.encode())
        assert text == "Pay \u00a39\n\nPay \u00a39 now \u2013 or else", type_
        assert envelope.sender_name == "Zo\u00eb \u00a3"


@pytest.mark.parametrize("atom", ["-", "_!", "%_", "a.", "@", "a(", "\u20ac0", "x.co.uk ", "a-b.", "1,", "u r ", "\n"])
def test_a_message_of_one_thing_over_and_over_is_judged_as_soon_as_another(atom):
    started = time.perf_counter()
    check_signs((atom * 20_000)[:20_000])
    # Tests share their processors. A row of dashes once took twenty seconds.
    assert time.perf_counter() - started < 3


@pytest.mark.parametrize(
    "atom", ["<a ", "<a/", "<div ", "<a href='", "<!--", "<!--a>", "<![if>", "<", "&", "<a href=x>"]
)
def test_html_that_never_ends_is_read_at_once_and_none_of_it_is_lost(atom):
    mail = "From: a@b.example\nSubject: x\nContent-Type: text/html\n\nPay now " + atom * 15_000
    started = time.perf_counter()
    text, _envelope = read_email(mail.encode())
    # It once took a minute.
    assert time.perf_counter() - started < 2
    assert "Pay now" in text


def test_comments_and_tags_of_html_are_not_read_as_words():
    mail = "From: a@b.example\nContent-Type: text/html\n\n<p title='x > y'>Pay<!-- no > word --> now</p> 1 < 2"
    text, _envelope = read_email(mail.encode())
    assert " ".join(text.split()) == "Pay now 1 < 2"
