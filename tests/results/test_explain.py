"""Why one number is not listed, by what became of its calls."""

import pytest

from ringback.results.explain import _verdict
from ringback.stages.rules import A_MINUTE

LONG_ENOUGH = {"rejected": None, "step": None, "reason": None, "called_kind": "mobile"}
SHORT = LONG_ENOUGH | {"step": "over_threshold", "reason": "too_short"}
NOT_ANSWERED = LONG_ENOUGH | {"step": "connected", "reason": "not_answered"}
# A row that is no call is that, whatever else would become of it.
REPEATED = LONG_ENOUGH | {"rejected": "duplicate"}


@pytest.mark.parametrize(
    ("calls", "possible", "verdict"),
    [
        ([], 0, "no seized call to this number could be read"),
        ([], 2, "only calls whose number has more than one reading may have gone to this number"),
        ([SHORT, SHORT], 0, "no call meets the rule: not longer than the threshold"),
        (
            [SHORT, NOT_ANSWERED, REPEATED],
            0,
            "no call meets the rule: not answered; not longer than the threshold;"
            " repetition of a row that is there already",
        ),
        (
            [SHORT, LONG_ENOUGH | {"called_kind": "landline"}],
            0,
            "called long enough, but not a number that can be texted (landline)",
        ),
        ([LONG_ENOUGH], 0, "called long enough, but by no account tied to an identified subject"),
    ],
)
def test_why_a_number_is_not_listed(calls, possible, verdict):
    assert _verdict(calls, A_MINUTE, possible=possible) == verdict
