"""kill -9 while people report and somebody collects: every report is there once. The soak does it 500 times."""

import pytest

from soak.report_kills import Place
from tiers import examples

pytestmark = pytest.mark.slow


def test_no_report_is_lost_or_doubled_whenever_service_and_collector_are_killed(tmp_path):
    place = Place(tmp_path)
    for seed in range(examples(6)):
        place.kill_once(seed)
        faults, counted = place.find_faults()
        assert faults == []
    assert counted["sent"] > 0
    assert counted["reports"] >= counted["sent"]
