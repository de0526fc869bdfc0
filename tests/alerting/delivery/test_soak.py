"""A short soak in every test run; `make soak` does a thousand."""

import pytest

from soak.runs import FACTOR
from soak.soaking import soak, soak_rollbacks


@pytest.mark.slow
def test_every_alert_is_accounted_for_after_kills_and_every_fault(postgres):
    summary = soak(50, lanes=5, first_seed=100, factor=FACTOR, postgres=postgres)
    assert summary["faults"] == []
    assert summary["runs"] == 50
    # The result means something only if something went wrong on the way.
    assert summary["kills"] > 50
    assert sum(summary["provider_faults"].values()) > 50
    assert summary["accepted_twice"] == 0


@pytest.mark.slow
def test_records_that_were_put_back_text_nobody_twice(postgres):
    summary = soak_rollbacks(14, lanes=4, first_seed=200, factor=FACTOR, postgres=postgres)
    assert summary["faults"] == []
    assert (summary["runs"], summary["accepted_twice"], summary["sent_though_not_the_newest"]) == (14, 0, 0)
    # The result means something only if incomplete records were sent from.
    assert sum(facts["refused"] for facts in summary["kinds"].values()) >= 7
