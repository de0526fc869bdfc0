"""The content of a report goes through JSON unchanged, and what is wrong with it is named."""

import json
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.victim_reports.content import (
    LARGEST_LOSS_PENCE,
    LONGEST_STORY,
    Happened,
    Kind,
    Loss,
    PartOfDay,
    ReportContent,
    Reporter,
    Sure,
    TalkTime,
    find_faults,
)

LINES = st.text(max_size=60)
LOSSES = st.builds(Loss, pence=st.integers(1, LARGEST_LOSS_PENCE), on=st.none() | st.dates())
CONTENTS = st.builds(
    ReportContent, kind=st.sampled_from(Kind), called_on=st.none() | st.dates(), called_on_sure=st.sampled_from(Sure),
    called_at=st.none() | st.times().map(lambda one: one.replace(tzinfo=None)), claimed=LINES,
    part_of_day=st.sampled_from(PartOfDay), talk_time=st.sampled_from(TalkTime),
    losses=st.lists(LOSSES, max_size=4).map(tuple), story=st.text(max_size=300),
    happened=st.lists(st.sampled_from(Happened), max_size=3, unique=True).map(tuple),
    reporter=st.builds(Reporter, name=LINES, number=LINES, email=LINES, postcode=LINES, wants_to_be_told=st.booleans()),
)  # fmt: skip


@given(CONTENTS)
def test_it_comes_through_json_as_it_was(content):
    assert ReportContent.from_dict(json.loads(json.dumps(content.as_dict()))) == content


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"format": 2}, "format"), ({"colour": "red"}, "colour"), ({"kind": "murder"}, "kind"),
        ({"called_on": "yesterday"}, "called_on"), ({"losses": [{"pence": 1.5, "kind": "cash"}]}, "losses"),
        ({"losses": [{"pence": True, "kind": "cash"}]}, "losses"), ({"story": 7}, "story"),
        ({"reporter": {"wants_to_be_told": "yes"}}, "reporter"), ({"happened": ["flew"]}, "happened"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_and_not_repeated(changes, said):
    with pytest.raises(ValueError, match=f"^{said}: ") as error:
        ReportContent.from_dict(ReportContent(story="secret").as_dict() | changes)
    assert "secret" not in str(error.value)
    assert "murder" not in str(error.value)


def test_a_full_report_has_no_faults_and_sums_what_was_lost():
    content = ReportContent(
        called_number="+447700900123", called_on=date(2022, 3, 1), called_at=time(10, 30), claimed="my bank",
        happened=(Happened.moved_money,), losses=(Loss(1_000_000), Loss(50, returned_pence=50)),
    )  # fmt: skip
    assert find_faults(content) == []
    assert content.lost_pence == 1_000_050


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (ReportContent(reference="BCDFGHJKMNZ"), ("last_four", "missing")),
        (ReportContent(last_four="0123"), ("reference", "missing")),
        (ReportContent(story="x" * (LONGEST_STORY + 1)), ("story", "too_long")),
        (ReportContent(losses=(Loss(0),)), ("losses.0", "not_positive")),
        (ReportContent(losses=(Loss(LARGEST_LOSS_PENCE + 1),)), ("losses.0", "too_large")),
        (ReportContent(losses=(Loss(5, returned_pence=6),)), ("losses.0", "more_than_lost")),
        (ReportContent(losses=(Loss(5),) * 51), ("losses", "too_many")),
        (ReportContent(happened=(Happened.nothing,), losses=(Loss(5),)), ("happened", "contradicts")),
        (ReportContent(reporter=Reporter(email="x" * 201)), ("reporter.email", "too_long")),
    ],
)
def test_each_fault_has_its_field(content, fault):
    assert fault in find_faults(content)
