"""Numbers that organisations publish: which are shown, and what a case may say in their place."""

import json
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from ringback.errors import RingbackError
from ringback.numbers.masking import NUMBER
from ringback.numbers.organisations import published_rows
from ringback.publishing.organisation_numbers import (
    list_organisations,
    make_slug,
    organisation_files,
    packaged_list,
    read_own_list,
)
from still_clock import StillClock

TODAY = date(2022, 12, 1)
HEAD = "organisation,sector,line,number,source,read_on\n"
GOOD = "Example Bank,bank,fraud,0121 496 0123,the Example Bank website,2022-11-24\n"


def case(folder):
    clock = StillClock(datetime(2022, 12, 1, tzinfo=UTC))
    return SimpleNamespace(case=SimpleNamespace(path=folder), clock=clock)


def published(folder):
    return json.loads(organisation_files(case(folder))["organisations.json"])


def test_only_what_was_read_at_the_first_hand_and_not_on_an_old_page_is_shown():
    shown = {(row["organisation"], row["number"]) for row in packaged_list()}
    for row in published_rows():
        sure = row["confidence"] == "high" and "older page" not in row["line"]
        assert ((row["organisation"], row["number_as_published"]) in shown) >= sure
    assert all(row["source"] and row["read_on"] for row in packaged_list())


def test_every_organisation_has_a_path_of_its_own_without_a_number_in_it(tmp_path):
    found = published(tmp_path)
    slugs = [one["slug"] for one in found]
    assert len(set(slugs)) == len(slugs) > 20
    assert not [one for one in slugs if NUMBER.search(one)]
    assert all(one["numbers"] for one in found)


def test_a_cases_own_list_stands_in_place_of_the_programs_for_the_organisations_that_it_names(tmp_path):
    before = {one["name"]: one["numbers"] for one in published(tmp_path)}
    (tmp_path / "organisation_numbers.csv").write_text(
        HEAD + GOOD + "BARCLAYS,bank,all customers,0121 496 0124,the bank,2022-11-30\n"
    )
    after = {one["name"]: one["numbers"] for one in published(tmp_path)}
    assert [one["number"] for one in after["BARCLAYS"]] == ["0121 496 0124"]
    assert "Barclays" not in after
    assert after["Example Bank"][0]["read_on"] == "2022-11-24"
    assert len(after) == len(before) + 1
    assert after["NatWest"] == before["NatWest"]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("Ex\x00,bank,fraud,0121 496 0123,x,2022-11-24\n", "row 1: organisation"),
        ("see example.com,bank,fraud,0121 496 0123,x,2022-11-24\n", "row 1: organisation"),
        ("07700 900123,bank,fraud,0121 496 0123,x,2022-11-24\n", "row 1: organisation"),
        ("???,bank,fraud,0121 496 0123,x,2022-11-24\n", "no letter"),
        ("Example,bank,,0121 496 0123,x,2022-11-24\n", "row 1: line"),
        ("Example,bank,fraud,ring me,x,2022-11-24\n", "row 1: number"),
        ("Example,bank,fraud,٠١٢١,x,2022-11-24\n", "row 1: number"),
        ("Example,bank,fraud,<b>0121</b>,x,2022-11-24\n", "row 1: number"),
        ("Example,bank,fraud,0121 496 0123,,2022-11-24\n", "row 1: source"),
        ("Example,bank,fraud,0121 496 0123,x,2023-11-24\n", "row 1: read_on"),
        ("Example,bank,fraud,0121 496 0123,x,yesterday\n", "row 1: read_on"),
        ('"open', "no CSV"),
    ],
)
def test_a_list_that_may_not_be_published_is_refused_without_a_number(tmp_path, row, told):
    (tmp_path / "organisation_numbers.csv").write_text(HEAD + row)
    with pytest.raises(RingbackError) as error:
        organisation_files(case(tmp_path))
    assert error.value.code == "organisation_numbers_bad"
    assert told in str(error.value)
    assert not NUMBER.search(str(error.value).replace(str(tmp_path), ""))


def test_a_list_without_its_columns_a_huge_one_and_a_link_are_refused(tmp_path):
    with pytest.raises(ValueError, match="read_on"):
        read_own_list(b"organisation,sector,line,number,source\n", today=TODAY)
    with pytest.raises(ValueError, match="larger"):
        read_own_list(b"x" * 300_000, today=TODAY)
    (tmp_path / "elsewhere.csv").write_text(HEAD + GOOD)
    (tmp_path / "organisation_numbers.csv").symlink_to(tmp_path / "elsewhere.csv")
    with pytest.raises(RingbackError) as error:
        organisation_files(case(tmp_path))
    assert error.value.code == "file_linked"


def test_a_number_that_is_listed_twice_is_shown_once():
    row = dict(zip(HEAD.strip().split(","), GOOD.strip().split(","), strict=True))
    (found,) = list_organisations([row, row | {"number": "0121 4960123", "line": "again"}])
    assert [one["line"] for one in found["numbers"]] == ["fraud"]
    assert make_slug("Crédit & <b>'Sons'") == "credit-b-sons"
