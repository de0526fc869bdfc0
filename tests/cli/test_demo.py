"""ringback demo: the main job from end to end, and never over a case that is not a demo's."""

import re

import pytest

from cli.conftest import make_case
from ringback.alerting.model import references
from ringback.publishing.bundle_files import open_release


@pytest.mark.slow
def test_the_demo_ends_well_and_can_be_made_again(ringback, keys, tmp_path):
    before = set(keys.iterdir())
    for _ in range(2):
        done = ringback("demo", tmp_path / "demo", "--calls", 1000)
        assert done.code == 0, done.err
        assert "precision 1.0000, recall 1.0000" in done.out
        assert "report.html in a browser" in done.out
        assert "12 reports: 4 certain, 7 likely, 0 for a person, 1 not in the calls" in done.out
        assert "loss reported: mean £10,000, largest £36,000" in done.out
        assert "11 of 11 are tied to the number they are about" in done.out
        assert "losses are equal" in done.out
    told = re.search(r"check (\S+) with the last four digits (\d{4})", done.out)
    release = open_release(tmp_path / "demo" / "bundle")
    assert release.alerts.find(references.read(told[1]), told[2]).campaign == "B-001"
    assert len(release.timeline) == 4
    assert all("made-up" in one["text"] + one["source"] for one in release.timeline)
    assert {one["key"]: one["at_least"] for one in release.known["figures"]}["calls_total"] >= 900
    assert len(release.pictures) == 4
    demo = tmp_path / "demo"
    assert (demo / "reports.csv").stat().st_mode & 0o777 == 0o600
    told = ringback("truth", demo / "case", demo / "seizure", "--json")
    assert told.code == 0
    assert told.json["reports"]["reports"] == [12, 12]
    assert told.json["reports"]["outcomes"] == {"certain": 4, "likely": 7, "not_in_the_calls": 1}
    kinds = told.json["reports"]["kinds"]
    assert kinds["not_asked"] | {"reports": 4, "tied": 4, "precision": 1.0, "recall": 1.0} == kinds["not_asked"]
    assert sum(one["reports"] for one in kinds.values()) == 12
    lines = [line.split() for line in ringback("truth", demo / "case", demo / "seizure").out.splitlines()]
    assert ["how", "the", "number", "is", "told", "reports", "tied", "precision", "recall"] in lines
    assert ["not_asked", "4", "4", "1.0000", "1.0000"] in lines
    assert ["not_called", "1", "0", "-", "-"] in lines
    assert ringback("verify", demo / "case").code == 0
    assert "certain, text" in ringback("matches", demo / "case").out
    assert ringback("demo", tmp_path / "demo", "--calls", 1000, "--no-batch").code == 0
    assert not (tmp_path / "demo" / "bundle").exists()
    assert not (tmp_path / "demo" / "reports.csv").exists()
    assert sorted(one.suffix for one in set(keys.iterdir()) - before) == [".keys", ".mark", ".mark-lock"]


def test_the_demo_does_not_remove_a_real_case(ringback, tmp_path):
    (tmp_path / "demo").mkdir()
    assert ringback("case", "new", tmp_path / "demo" / "case", "--name", "Real").code == 0
    done = ringback("demo", tmp_path / "demo", "--calls", 1000)
    assert done.code == 2
    assert (tmp_path / "demo" / "case" / "case.toml").exists()


def test_the_demo_does_not_remove_a_strange_folder(ringback, tmp_path):
    (tmp_path / "demo" / "seizure").mkdir(parents=True)
    (tmp_path / "demo" / "seizure" / "mine.txt").write_text("x")
    assert ringback("demo", tmp_path / "demo", "--calls", 1000).code == 2
    assert (tmp_path / "demo" / "seizure" / "mine.txt").exists()


def test_the_demo_does_not_remove_somebody_elses_reports(ringback, tmp_path):
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "reports.csv").write_text("mine")
    assert ringback("demo", tmp_path / "demo", "--calls", 1000).code == 2
    assert (tmp_path / "demo" / "reports.csv").read_text() == "mine"


@pytest.mark.slow
def test_exhibits_in_place_are_not_copied(ringback, seizures, tmp_path):
    case = make_case(ringback, tmp_path / "case", seizures / "csv", in_place=True)
    assert list((case / "exhibits").iterdir()) == []
    assert ringback("run", case).code == 0
    assert ringback("truth", case, seizures / "csv").code == 0
    assert ringback("verify", case).code == 0
