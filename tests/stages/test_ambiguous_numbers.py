"""An ambiguous number is disambiguated by how the same account dials everywhere else, or not at all."""

from stages.literal_tables import raw_call
from stages.number_book import BARE_UK, BARE_US, OPTIONS, READINGS, reading
from stages.reading_calls import disambiguate, habits, parse_rows

US_TEXTS, UK_TEXTS = list(BARE_US), list(BARE_UK)


def dialled(account, *texts):
    return [raw_call(row, account=account, called_number=text) for row, text in enumerate(texts, start=1)]


def find(rows, account, raw="either 1"):
    (row,) = [row for row in rows if (row["account"], row["raw"]) == (account, raw)]
    return row


def is_decided(run, *texts):
    return find(disambiguate(run, dialled("ann", "either 1", *texts)), "ann")["disambiguated"]


def test_five_numbers_dialled_one_way_decide_an_ambiguous_one(run):
    row = find(disambiguate(run, dialled("ann", "either 1", *US_TEXTS[:5])), "ann")
    assert row == {
        "account": "ann",
        "raw": "either 1",
        "e164": "+12125550101",
        "kind": "mobile_or_landline",
        "region": "US",
        "how": "bare-national:US",
        "ambiguous": False,
        "disambiguated": True,
        "reason": None,
    }


def test_the_habit_may_choose_the_first_option_as_well(run):
    row = find(disambiguate(run, dialled("ann", "either 1", *UK_TEXTS[:5])), "ann")
    assert (row["e164"], row["ambiguous"], row["disambiguated"]) == ("+447700900101", False, True)


def test_four_numbers_decide_nothing(run):
    row = find(disambiguate(run, dialled("ann", "either 1", *US_TEXTS[:4])), "ann")
    assert (row["e164"], row["ambiguous"], row["disambiguated"]) == ("+447700900101", True, False)


def test_one_number_of_another_habit_leaves_all_open(run):
    assert is_decided(run, *US_TEXTS[:9]) is True
    assert is_decided(run, *US_TEXTS[:9], UK_TEXTS[0]) is False


def test_a_number_dialled_again_counts_once(run):
    assert is_decided(run, *US_TEXTS[:4], US_TEXTS[0], US_TEXTS[0]) is False


def test_another_spelling_of_a_number_counts_once(run):
    again = reading("(212) 555-0111", "+12125550111", "bare-national:US")
    rows = dialled("ann", "either 1", *US_TEXTS[:4], again["raw"])
    assert find(disambiguate(run, rows, readings=[*READINGS, again]), "ann")["disambiguated"] is False


def test_numbers_that_were_not_typed_bare_say_nothing(run):
    plus = [reading(f"US {n}", f"+1212555012{n}", "plus") for n in range(5)]
    rows = dialled("ann", "either 1", *(row["raw"] for row in plus))
    assert find(disambiguate(run, rows, readings=[*READINGS, *plus]), "ann")["disambiguated"] is False
    assert is_decided(run, *US_TEXTS[:5], "+12125550150", "07700 900001") is True


def test_ambiguous_and_unreadable_numbers_are_no_examples(run):
    assert is_decided(run, *US_TEXTS[:4], "either 2", "anonymous", "4.477E+11") is False


def test_another_accounts_habit_does_not_count(run):
    rows = disambiguate(run, dialled("ann", "either 1") + dialled("bob", "either 1", *US_TEXTS[:5]))
    assert find(rows, "ann")["disambiguated"] is False
    assert find(rows, "bob")["disambiguated"] is True


def test_rows_without_an_account_have_no_habit_between_them(run):
    row = find(disambiguate(run, dialled(None, "either 1", *US_TEXTS[:6])), "")
    assert (row["ambiguous"], row["disambiguated"]) == (True, False)


def test_a_number_that_cannot_be_read_by_the_habit_stays_ambiguous(run):
    only_uk = [row for row in OPTIONS if row["how"] != "bare-national:US"]
    rows = disambiguate(run, dialled("ann", "either 1", *US_TEXTS[:5]), options=only_uk)
    row = find(rows, "ann")
    assert (row["e164"], row["ambiguous"], row["disambiguated"]) == ("+447700900101", True, False)


def test_a_habit_never_changes_what_was_certain(run):
    rows = disambiguate(run, dialled("ann", "447700900001", *US_TEXTS[:5]))
    row = find(rows, "ann", "447700900001")
    assert (row["e164"], row["how"], row["disambiguated"]) == ("+447700900001", "bare-international", False)


def test_every_account_and_text_has_one_row_and_none_stands_for_no_text(run):
    rows = disambiguate(run, dialled("ann", None, "", "07700 900001", "07700 900001") + dialled(None, "anonymous"))
    assert sorted((row["account"], row["raw"], row["reason"]) for row in rows) == [
        ("", "anonymous", "withheld"),
        ("ann", "", "empty"),
        ("ann", "07700 900001", None),
    ]


def test_a_habit_is_an_accounts_only_way_with_enough_examples(run):
    parsed = parse_rows(dialled("ann", *US_TEXTS[:5]) + dialled("bob", *US_TEXTS[:4]))
    assert habits(run, parsed) == [{"account": "ann", "habit": "bare-national:US"}]


def test_rows_that_are_no_calls_tell_how_an_account_dials_unless_they_reached_it(run):
    bad_time = [row | {"started_at": "some day"} for row in dialled("ann", *US_TEXTS[:5])]
    inbound = [row | {"direction": "inbound"} for row in dialled("bob", *US_TEXTS[:5])]
    assert habits(run, parse_rows(bad_time + inbound)) == [{"account": "ann", "habit": "bare-national:US"}]


def test_accounts_without_a_name_have_no_habit(run):
    assert habits(run, parse_rows(dialled("", *US_TEXTS[:5]) + dialled(None, *US_TEXTS[:5]))) == []
