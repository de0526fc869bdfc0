"""What stands first in an answer: the bank, a code that is for nobody, our own texts, and few steps after a call."""

import re
import time

import pytest

from public_case import GENUINE as OUR_REFERENCE
from public_case import make_bundle
from ringback.alerting.model.references import show
from ringback.alerting.wording.templates import DEFAULT_TEMPLATES
from ringback.publishing.sign_files import FOLDER, sign_files
from ringback.signs.advice import things_that_happen
from ringback.signs.questionnaire import read_questions
from ringback.web.public.pages.scam_codes import holds_code
from scam_forms import SCAM, send, words

CODES = [
    "Your one-time passcode is 482913. Do not share this code with anyone",
    "Barclays: your code is 482 913. We will never ask for your code.",
    "482913 is your Example verification code",
    "G-482913 is your Example verification code",
    "Your Example Bank code for the payment of £200.00 to J Smith on 12/04/2024 is 482913.",
    "<#> Your chat code: 482-913",
    "Use 482913 to sign in to your account",
    "Security code:\n482913",
    "Do not share this OTP with anyone. 482913",
    "Your new PIN is 2024",
    "code 4 8 2 9 1 3",
    # Letters and digits that only look like those, and nothing between them that is seen.
    "Your \u0441ode is \uff14\uff18\uff12\uff19\uff11\uff13",
    "Your c0de is 48\u200b2913",
    # Sent by criminals, or asked for by them.
    "URGENT: your HSBC passcode is 73551204. If you did not ask for it ring 020 7946 0123",
    "Hi, I sent you a code by mistake, 482913, can you send it to me?",
    "Ihr Code lautet 482913",
]
NO_CODES = [
    "Your parcel 48291 comes today, promo code 1234.",
    "Never share your PIN. Ring 020 7946 0123",
    "Never tell a passcode to 07700 900123",
    "Sort code 20-45-67, account 12345678",
    "Your new PIN letter arrives on 12-04-2024",
    "Text STOP to 60777. Your tax code is on its way.",
    "Your card ending 4829 is blocked. Confirm your PIN.",
    "Your PIN arrives in 2024",
    "Reference 482913. Never tell anyone your PIN",
    "Send me the code that you got",
    "Pay £4829 with this code",
]
HEADLINE = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
STEPS = re.compile(r"<ol[^>]*ringback-advice.*?</ol>", re.DOTALL)


def headline(answer):
    (found,) = HEADLINE.findall(answer.text)
    return found


def steps(answer):
    """The steps of the list, as words."""
    (found,) = STEPS.findall(answer.text)
    return [" ".join(re.sub(r"<[^>]*>", "", one).split()) for one in re.findall(r"<li>(.*?)</li>", found, re.DOTALL)]


@pytest.mark.parametrize("message", CODES)
def test_a_code_is_for_nobody_however_genuine_the_message_is(service, message):
    answer = send(service, message=message)
    assert headline(answer) == "Do not tell this code to anybody"
    told = words(answer)
    assert "The text may be real, and the person who asks for the code a criminal. Hang up." in told
    assert "We found no signs of a scam" not in told


@pytest.mark.parametrize("message", NO_CODES)
def test_other_digits_are_not_called_a_code(message):
    assert not holds_code(message)


def test_a_scam_with_a_code_in_it_is_still_called_a_scam(service):
    told = words(send(service, message=f"{SCAM} Your code is 482913."))
    assert told.index("Do not tell this code") < told.index("This is likely to be a scam.")


@pytest.mark.parametrize("unit", ["1 ", "code 1234 ", "a 4829, ", "4829. ", "use ", "pin-"])
def test_looking_for_a_code_takes_no_longer_in_a_long_message(unit):
    started = time.process_time()
    holds_code(("code.\n" + unit * 20_000)[:20_000])
    assert time.process_time() - started < 1


@pytest.mark.parametrize("happened", sorted(set(things_that_happen()) - {"opened_link"}))
@pytest.mark.parametrize(
    "message", ["", "Your table is booked for two people at seven tomorrow. See you then.", CODES[0]]
)
def test_who_gave_something_away_is_told_first_to_ring_the_bank(service, happened, message):
    answer = send(service, message=message, happened=happened)
    assert answer.status_code == 200
    assert headline(answer) == "Ring your bank now"
    assert 'href="tel:159"' in answer.text
    assert not any("159" in one for one in steps(answer)), "the box above says it"
    opinion = answer.text.find("ringback-answer--")
    assert opinion == -1 or opinion > answer.text.index("ringback-advice"), "what we think of the words comes after"
    assert ("Do not tell it to anybody" in words(answer)) == (message == CODES[0])


def test_only_who_let_them_in_is_told_to_turn_off_the_internet_before_the_bank_is_rung(service):
    told = words(send(service, message="", happened=["paid", "gave_access"]))
    assert told.index("Turn off the internet") < told.index("Ring your bank: 159")
    assert told.count("Turn off the internet") == 1
    assert "Turn off the internet" not in words(send(service, message="", happened="paid"))


def test_what_has_happened_is_answered_by_itself_and_nothing_is_judged(service):
    answers = [send(service, message=" ", happened="opened_link"), send(service, "answers", happened="opened_link")]
    for answer in answers:
        assert headline(answer) == "Do this now"
        assert steps(answer) == [
            "If you only opened the link and typed nothing, close it. Keep your phone or computer up to date."
        ]
        assert "A computer looked" not in words(answer)
        assert "We cannot tell" not in words(answer)
    assert headline(send(service, "answers", how="call", happened="paid")) == "Ring your bank now"
    assert send(service, message="", happened="nothing that is asked").status_code == 400


OURS = DEFAULT_TEMPLATES["en", True].format(
    force="Example Police", website="the Example Police website", reference=show(OUR_REFERENCE)
)
CHECK = "If this says it is from Example Police, check its reference here"


@pytest.mark.parametrize(
    "message",
    [
        OURS,
        f"Is this real? {show(OUR_REFERENCE).lower()}",
        # Copies: the reference is made up, the name is there in letters that look like it.
        "Example  Police: your reference is AAAA-BBBB-CCC. Call us now.",
        "\u0415xample P\u043elice: quote your Reference.",
    ],
)
def test_a_text_that_may_be_ours_is_to_be_checked_before_anything_else(service, message):
    answer = send(service, message=message)
    assert CHECK in words(answer)
    assert re.search(rf'<a[^>]* href="/check">{CHECK}</a>', answer.text)
    assert answer.text.index(CHECK) < answer.text.index("<h1")


@pytest.mark.parametrize(
    "more", ["https://police-check.example/now", "Ring 020 7946 0123.", "Ring 07700 900123.", "police.uk/check"]
)
def test_with_a_link_or_a_number_to_ring_it_is_not_ours(service, more):
    told = words(send(service, message=f"{OURS} {more}"))
    assert "Our texts have no link and no number to ring. So it is not from us, or somebody changed it." in told
    assert CHECK not in told, "a copied reference would look genuine"


def test_other_messages_are_not_taken_for_ours(service):
    for message in (SCAM, "Your reference is ABCD-EFGH-IJK.", "Example Police came to our school today."):
        assert "Example Police, check its reference" not in words(send(service, message=message))


def call(service, **answers):
    return send(service, "answers", how="call", **answers)


def test_after_a_call_there_are_at_most_six_steps_and_none_is_about_messages(service):
    everything = {one.key: [choice.key for choice in one.choices] for one in read_questions()}
    del everything["how"], everything["happened"]
    happened = list(things_that_happen())
    for answer in (
        call(service), call(service, claimed="bank", asked="move_money"), call(service, **everything),
        call(service, **everything, happened=happened), call(service, happened=happened),
    ):  # fmt: skip
        told = steps(answer)
        assert 1 <= len(told) <= 6
        box = answer.text.count("ringback-urgent")
        assert sum("159" in one for one in told) == 1 - box
        assert not re.search(r"7726|phishing@|report@|details from the message", " ".join(told))
    told = steps(call(service, claimed="bank", asked="bank_details"))
    assert told[0] == "Hang up. Ring your bank on 159 and ask if it was them. For the police, ring 101."
    assert not any("NHS" in one for one in told)
    assert any("In Scotland" in one and "Report Fraud" in one for one in told), "one step for both"


def test_courier_fraud_is_asked_for_and_answered(service):
    answer = call(service, claimed="police", asked=["take_cash", "hand_over", "collect"])
    assert headline(answer) == "This is likely to be a scam."
    told = steps(answer)
    assert told[0] == "If somebody is on the way to you now, ring 999."
    assert told[1] == (
        "No bank and no police officer will ever ask you to move money, take out cash, or hand over cash, a card or"
        " valuables."
    )
    assert 'href="tel:999"' in answer.text
    assert "somebody is to collect your card or cash" in words(answer)


def test_somebody_on_the_way_comes_before_the_bank(service):
    told = words(call(service, claimed="police", asked="collect", happened="paid"))
    assert told.index("on the way to you now, ring 999") < told.index("Ring your bank: 159")


def test_one_answer_is_told_once_as_a_reason(service):
    told = words(call(service, said="or_else", asked="move_money"))
    assert told.count("You said: That something bad happens") == 1


def test_a_release_of_before_that_has_no_advice_of_its_own_on_calls_is_answered_by_what_it_has(service):
    files = sign_files()
    path = f"{FOLDER}/signs/advice.toml"
    advice = re.sub(r"\[calls\].*?(?=\[asks\])", "", files[path].decode(), flags=re.DOTALL)
    unused = '"hang_up_and_ask", "somebody_coming", "nhs_bank"'
    advice = advice.replace('not_judged = ["ask_in_english"', f'not_judged = [{unused}, "ask_in_english"')
    make_bundle(service.bundle, publication="P-002", judged_by=files | {path: advice.encode()})
    service.clock.sleep(2)
    told = steps(call(service, claimed="health", asked=["bank_details", "hand_over"]))
    assert told[0] == "Do not reply, click, ring back or pay. Take your time."
