"""Samples, columns and quarantine on small tables."""

import random

import pytest

from ringback.numbers.dial_plan import DialPlan
from ringback.numbers.reader import NumberReader
from ringback.schema_matching import sampling
from ringback.schema_matching.column_profile import Column
from ringback.schema_matching.quarantine import find_reason
from ringback.schema_matching.sampling import Sketch, TableSample, take_samples
from ringback.sources.exhibit_file import SeizedFile
from schema_matching.exhibits import Table, dump_file
from schema_matching.made_calls import luhn


def column(values, name="c1"):
    sample = TableSample("EX-001", "t", (name,), len(values), [(value,) for value in values], [Sketch()])
    sample.sketches[0].add(values)
    return Column(sample, 0, NumberReader(DialPlan()))


def codes(length):
    rng = random.Random(1)
    return [f"{rng.randrange(10**length):0{length}d}" for _ in range(200)]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("c1", codes(4)),
        ("c1", codes(6)),
        ("c1", [luhn(random.Random(n)) for n in range(50)]),
        ("c1", [f"/rec/{n}.wav" for n in range(50)]),
        ("c1", [f"{n * 7919:032x}" for n in range(50)]),
        ("c1", ["$2y$10$" + "a" * 50 + str(n) for n in range(50)]),
        ("c1", ["1#", "12*3", "*", "77#"] * 20),
        ("Passwort", ["hallo"] * 30),
        ("user_pin", ["x"] * 30),
        ("mot_de_passe", ["x"] * 30),
        ("captured_digits", ["4471", "883300", "12", "99999"] * 10),
    ],
)
def test_secrets_are_recognised_by_name_or_value(name, values):
    assert find_reason(column(values, name), is_key=False)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("card_id", [str(n % 40 + 100) for n in range(200)]),
        ("c1", [str(1000 + n) for n in range(500)]),  # numbers of rows
        ("c1", [str(n * 7919 % 900) for n in range(300)]),  # seconds
        ("c1", [f"07700 900{n:03d}" for n in range(100)]),
        ("c1", [str(5000 + n % 60) for n in range(900)]),  # extensions
        ("c1", ["2021-07-01 10:00:00"] * 40),
    ],
)
def test_keys_counts_times_and_numbers_are_no_secrets(name, values):
    assert find_reason(column(values, name), is_key=False) is None


def test_times_are_read_in_the_form_that_fits_all_rows():
    assert column([f"{day:02d}/07/2021 10:00:00" for day in range(1, 29)]).timestamps.time_format == "%d/%m/%Y %H:%M:%S"
    doubtful = column([f"{day:02d}/07/2021 10:00:00" for day in range(1, 12)])
    assert doubtful.timestamps.doubtful
    assert column([str(1_625_000_000 + n) for n in range(50)]).timestamps.time_format == "epoch"
    assert column([f"{1_625_000_000 + 9 * n}.{n}" for n in range(50)]).timestamps.share == 0  # identifiers of calls
    assert column(["2021-07-01"] * 9).timestamps.date_alone


def test_an_address_of_a_machine_is_no_number():
    assert not column([f"203.0.113.{n}" for n in range(99)]).is_phone


def test_much_of_a_big_dump_is_passed_over_and_later_tables_are_seen(tmp_path, monkeypatch):
    monkeypatch.setattr(sampling, "MANY_ROWS", 2_000)
    monkeypatch.setattr(sampling, "MOST_ROWS", 4_000)
    big = Table("a_big", {"n": lambda n: n}, range(150_000))
    last = Table("z_last", {"n": lambda n: n}, range(5))
    path = tmp_path / "x.sql"
    path.write_text(dump_file(big, last))
    one, other = take_samples(SeizedFile("EX-001", "x.sql", path, "mysqldump"))
    assert (one.table, one.passed_over, other.table, other.seen) == ("a_big", True, "z_last", 5)
    assert one.seen < 50_000
    assert len(one.rows) == sampling.FIRST_ROWS + sampling.SPREAD_ROWS
    assert not other.passed_over


def test_the_sample_is_the_same_every_time(tmp_path):
    path = tmp_path / "x.sql"
    path.write_text(dump_file(Table("t", {"n": lambda n: n}, range(5_000))))
    seized = SeizedFile("EX-001", "x.sql", path, "mysqldump")
    assert take_samples(seized)[0].rows == take_samples(seized)[0].rows


def test_a_sketch_tells_how_much_of_one_column_is_in_another():
    some, everything = Sketch(most=500), Sketch(most=500)
    some.add(str(n) for n in range(0, 20_000, 2))
    everything.add(str(n) for n in range(10_000))
    share, compared = some.share_in(everything)
    assert compared > 50
    assert share == pytest.approx(0.5, abs=0.15)
    assert everything.different == pytest.approx(10_000, rel=0.15)
