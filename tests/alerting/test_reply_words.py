"""What people text back: a wish to hear no more is seen, and nothing else is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.alerting.reply_words import KINDS, read_kind

STOPS = (
    "STOP",
    "stop",
    "Stop.",
    "STOP!!!",
    "  stop  ",
    '"STOP"',
    "'Stop'",
    "STOP please",
    "please stop",
    "Pls stop",
    "Stop pls thx",
    "STOP STOP STOP",
    "S T O P",
    "s.t.o.p.",
    "ＳＴＯＰ",
    "ST\u200bOP",
    "STOP 🛑",
    "STOPALL",
    "stop all",
    "UNSUBSCRIBE",
    "unsubscribe me",
    "Unsubscribe please",
    "OPT OUT",
    "opt-out",
    "optout",
    "END",
    "quit",
    "CANCEL",
    "Stop texting me",
    "stop sending me texts",
    "Please stop sending me these messages",
    "Stop messaging me now please",
    "stop this",
    "Stop it",
    "STOP\nSent from my phone",
    "STOP. Who is this?",
    "Stop, who are you",
    "Who is this? STOP",
    "I never gave you my number. Stop.",
    "Wrong number. STOP",
    "CHECK. No: STOP",
    "I want you to stop",
    "I would like you to stop texting me",
    "Can you stop texting me?",
    "Could you please stop?",
    "I said stop",
    "No, stop",
    "Don’t text me again",
    "do not contact me",
    "Don't message me any more",
    "Remove me",
    "remove my number from your list please",
    "take me off your list",
    "leave me alone",
    "No more texts please",
    "No more messages",
    "ATAL",
    "Atal os gwelwch yn dda",
    "atal plis",
    "STOPIWCH",
    "Peidiwch â thecstio",
    "STOP/ATAL",
)
CHECKS = (
    "CHECK",
    "check",
    "Check.",
    "CHECK please",
    "please check",
    "Check my number",
    "Can you check my number",
    "Hi, check this number please",
    "GWIRIO",
    "Who are you? CHECK",
)
NOT_ME = (
    "not me",
    "Not me!",
    "It wasn't me",
    "It wasn’t me",
    "it wasnt me",
    "wasn't me",
    "That wasn't me.",
    "This isn't me",
    "wrong number",
    "Sorry, wrong number",
    "sorry wrong number mate",
    "I think you have the wrong number",
    "You've got the wrong person",
    "not my number",
    "This is not my number",
    "That's not me",
    "It was not me",
    "Rhif anghywir",
    "Nid fi",
    "Hello. Wrong person. Who are you?",
)
OTHERS = (
    "",
    " ",
    "🛑",
    "?",
    "Please don't stop",
    "please don’t stop!",
    "Dont stop",
    "do not stop the texts",
    "Never, ever, stop!",
    "Peidiwch ag atal",
    "I won't stop until they are caught",
    "Stop them!",
    "Stop the criminals please",
    "Please stop this from happening to others",
    "They rang me at the bus stop",
    "non-stop calls",
    "full stop",
    "How do I stop?",
    "Why stop?",
    "Stop?",
    "Should I reply STOP?",
    "My son told me to text STOP",
    "What happens if I text stop to this number",
    "stopped",
    "Stop. Sorry, ignore that",
    "STOP. I changed my mind, keep sending",
    "the call would not end",
    "End of story",
    "end it",
    "Cancel my card",
    "I cancelled my card",
    "I'll check with my bank",
    "Check with your manager",
    "I had to check in at the hotel",
    "did you check?",
    "cheque",
    "Is this really the police?",
    "Who are you",
    "Was it not me who rang the bank",
    "the wrong number was shown on my phone",
    "They said it wasn't me who had to pay",
    "Wrong number?",
    "START",
    "yes",
    "Yes I was called and lost money",
    "thank you",
    "No",
    "stop\u0430ll bank transfers",
    "Diolch",
    "\x00",
    "1234",
)
TABLE = [
    *((text, "stop") for text in STOPS),
    *((text, "check") for text in CHECKS),
    *((text, "not_me") for text in NOT_ME),
    *((text, "other") for text in OTHERS),
]


@pytest.mark.parametrize(("text", "kind"), TABLE, ids=[f"{kind}-{text[:30]!r}" for text, kind in TABLE])
def test_the_table(text, kind):
    assert read_kind(text) == kind


def test_the_table_is_long_enough():
    assert len(set(TABLE)) == len(TABLE) >= 120


@given(st.text(max_size=300))
def test_any_text_has_a_kind(text):
    assert read_kind(text) in KINDS


@given(
    st.sampled_from(STOPS), st.sampled_from([str.upper, str.lower, str.title]), st.sampled_from(["", " ", "\n", "."])
)
def test_case_and_margins_do_not_matter(text, case, margin):
    assert read_kind(margin + case(text) + margin) == "stop"


def test_a_huge_text_is_read_at_all():
    assert read_kind("no " * 20_000 + "stop") == "other"
    assert read_kind("stop " * 20_000) == "stop"
