"""The shipped model is the one that its script makes, and the labelled items are sound."""

import json
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

from signs.attacks import ATTACKS, attack  # noqa: E402
from signs.features import features  # noqa: E402
from signs.scoring import calibration_error, f1, kappa, share  # noqa: E402

from ringback.signs.findings import Ask, Sign  # noqa: E402
from ringback.signs.model import read_model  # noqa: E402
from signs import corpora  # noqa: E402

needs_texts = pytest.mark.skipif(
    not corpora.at_hand(), reason=f"NOT CHECKED: the found texts are not at {corpora.SHARED.name}/ beside the checkout"
)


@needs_texts
@pytest.mark.slow
def test_the_script_makes_the_same_model_and_the_same_decisions():
    from signs import train  # takes a second to import: scikit-learn

    made, shipped = train.train(), read_model()
    names = set(made["weights"]) | set(shipped.weights)
    assert max(abs(made["weights"].get(name, 0.0) - shipped.weights.get(name, 0.0)) for name in names) < 1e-6
    again = train.model_of(made)
    for source in train.SOURCES:
        for found in features(source):
            assert (again.score(found) >= again.likely_from) == (shipped.score(found) >= shipped.likely_from)
            assert (again.score(found) >= again.clear_below) == (shipped.score(found) >= shipped.clear_below)


def test_labelled_items_are_enough_and_sound():
    rows = [json.loads(line) for line in (corpora.HERE / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    assert len(rows) >= 400
    assert len({row["id"] for row in rows}) == len(rows)
    for row in rows:
        assert set(row["signs"]) == {str(sign) for sign in Sign}
        assert set(row["asks"]) <= {str(ask) for ask in Ask}
        assert set(row["passes"]) == {"a", "b"}
        assert "text" not in row, "the words of found texts stay where they were found"


def test_labels_quote_places_that_are_in_the_text():
    found = corpora.gold()
    assert len(found) >= 200
    for row in found:
        for places in row["signs"].values():
            assert all(0 <= at < until <= len(row["text"]) for at, until in places)


@pytest.mark.parametrize("source", corpora.WRITTEN)
def test_written_texts_are_marked_as_written_and_hold_no_real_number(source):
    items = corpora.load(source)
    assert len(items) >= 190
    assert len({item.text for item in items}) == len(items)
    assert all(item.id.startswith("written-") for item in items)
    assert {item.scam for item in items} == {source.startswith("written_scam")}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_changes_the_text_and_can_be_repeated(name):
    text = "Your parcel could not be delivered today, please pay the shipping fee without delay at parcel.example"
    assert attack(name, text, "x") == attack(name, text, "x")
    assert any(attack(name, text, seed) != text for seed in range(5))
    assert "parcel.example" in attack(name, text, "x")


def test_measures_of_agreement_are_computed_right():
    assert share(5, 10)[0] == 0.5
    assert 0.23 < share(5, 10)[1] < 0.24
    assert f1([(True, True), (True, False), (False, True), (False, False)]) == 0.5
    assert calibration_error([0.9, 0.9, 0.1, 0.1], [True, True, False, False], [1, 1, 1, 1]) == pytest.approx(0.1)
    assert kappa([True, False, True, False], [True, False, True, False]) == 1
