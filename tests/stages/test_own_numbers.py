"""Whose own a number is: an account's, a subject's, the site's or an organisation's, in that order."""

from ringback import schemas as t
from ringback.stages.own_numbers import own_numbers
from stages.literal_tables import unbound
from stages.number_book import BOOK, OPTIONS, reading


def owners(run, *, accounts=(), subjects=(), site=(), organisations=(), readings=tuple(BOOK.values()), options=OPTIONS):
    tables = {
        t.RAW_ACCOUNTS: [{"account": f"A{row}", "contact_number": raw} for row, raw in enumerate(accounts)],
        t.RAW_SUBJECTS: [{"account": f"A{row}", "contact_number": raw} for row, raw in enumerate(subjects)],
        t.RAW_SITE_NUMBERS: [{"number": raw, "use": "tests"} for raw in site],
        t.ORGANISATION_NUMBERS: [{"e164": e164, "organisation": "A Bank"} for e164 in organisations],
        t.READINGS: readings,
        t.READING_OPTIONS: options,
    }
    rows = run(own_numbers(*unbound(*tables)), tables)
    found = {row["e164"]: row["owner"] for row in rows}
    assert len(found) == len(rows)
    return found


def test_each_kind_of_owner_is_named(run):
    found = owners(
        run,
        accounts=["account's own"],
        subjects=["subject's own"],
        site=["site's own"],
        organisations=["+441214960001"],
    )
    assert found == {
        "+447700900401": "account",
        "+447700900402": "subject",
        "+447700900403": "site",
        "+441214960001": "organisation",
    }


def test_a_number_of_several_owners_goes_to_the_first(run):
    number, raw = "+447700900001", "07700 900001"
    everyone = {"accounts": [raw], "subjects": [raw], "site": [raw], "organisations": [number]}
    assert owners(run, **everyone) == {number: "account"}
    assert owners(run, **everyone | {"accounts": []}) == {number: "subject"}
    assert owners(run, **everyone | {"accounts": [], "subjects": []}) == {number: "site"}
    assert owners(run, organisations=[number]) == {number: "organisation"}


def test_spellings_of_one_number_are_one_number(run):
    assert owners(run, accounts=["07700 900001", "+44 7700 900001"], site=["447700900001"]) == {
        "+447700900001": "account"
    }


def test_a_number_unread_or_missing_owns_nothing(run):
    assert owners(run, accounts=["anonymous", None], subjects=[None], site=["", "999"]) == {}


def test_every_reading_of_an_ambiguous_contact_number_is_own(run):
    possible = {option["e164"] for option in OPTIONS if option["raw"] == "either 1"}
    assert len(possible) > 1
    assert owners(run, subjects=["either 1"]) == dict.fromkeys(possible, "subject")


def test_a_number_that_two_organisations_publish_is_one_own_number(run):
    assert owners(run, organisations=["+441214960001", "+441214960001"], readings=[reading("x")]) == {
        "+441214960001": "organisation"
    }
