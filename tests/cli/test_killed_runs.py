"""A few killed runs in every test run; `make soak` does two hundred."""

import pytest

from soak.run_kills import soak_runs


@pytest.mark.slow
def test_a_killed_run_goes_on_and_comes_to_the_same(tmp_path):
    summary = soak_runs(6, first_seed=42, folder=tmp_path / "kills")
    assert summary["faults"] == []
    assert summary["runs"] == 6
    # It can only say something if something was killed on the way, and some of it after the first table.
    assert summary["kills"] >= 4
    assert summary["kills_by_signal"]["kill -9"] >= 1
    assert summary["finished_tables_kept"] > 0
