"""Previews and frozen lists: people see exactly what was frozen, or nothing."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from alerting.planning_case import (
    WORDING,
    alter,
    chosen,
    made_up_mobiles,
    make_planning_case,
    mobile,
    notify_facts,
    plan,
    rows_of,
    windows,
)
from ringback.alerting.batches.approval import approve
from ringback.alerting.batches.frozen_lists import read_frozen_list
from ringback.alerting.batches.preview import channel_rows, list_as_dicts, preview_batch
from ringback.alerting.suppressions import import_list, read_list
from ringback.errors import RingbackError
from ringback.numbers.dial_plan import DialPlan
from ringback.numbers.masking import NUMBER
from ringback.records.alert_tables import alerts, batches, routes
from ringback.records.batches import list_batches


@pytest.fixture
def case_file(tmp_path):
    made = make_planning_case(tmp_path)
    made.case.switch_current("run-1")
    yield made
    made.records.dispose()


def preview(case_file, batch="B-001"):
    return preview_batch(case_file, batch, member="bob")


def warned(case_file, text):
    return any(text in one for one in preview(case_file)["warnings"])


def test_a_preview_tells_all_and_shows_no_number(case_file):
    batch = plan(case_file, notes={"price_per_part": "0.0197"}).batch
    facts = preview(case_file)
    assert (facts["hash"], facts["type_to_approve"]) == (batch.hash, batch.hash[:12])
    assert (facts["texts"], facts["candidates"], facts["alerts"]) == (3, 9, {"waiting": 3})
    assert facts["text"] == (
        "Example Police: this number was called by criminals who hid who they were. We do not need any money or details"
        " from you. To find out more, search for the Example Police website. Alert reference: BCDF-GHJK-MNZ."
        " Replies to this text are not read."
    )
    assert (facts["parts"], facts["encoding"], facts["cost_gbp"]) == (2, "GSM-7", "0.12")
    assert facts["windows"] == ["Thursday 24 November 2022, 11:00 to 19:00 GMT"]
    # Eight hours less the reserve of five minutes.
    assert facts["expected_end"] == "Thursday 24 November 2022, 18:55 GMT"
    shown = {
        name: value
        for name, value in facts.items()
        if "hash" not in name and name not in ("type_to_approve", "list_sha256")
    }
    assert not NUMBER.search(json.dumps(shown).replace("2022-11-24T10:00:00", ""))


def test_a_preview_is_logged(case_file):
    batch = plan(case_file).batch
    preview(case_file)
    entry = case_file.log.entries()[-1]
    assert (entry.what, entry.who) == ("batch_previewed", "bob")
    assert entry.read_facts() == {"batch": "B-001", "hash": batch.hash}


def test_a_character_outside_the_alphabet_is_named(case_file):
    plan(case_file, wording=replace(WORDING, force="Exâmple Police", website="the Example Police website"))
    facts = preview(case_file)
    assert (facts["encoding"], facts["outside_gsm"]) == ("UCS-2", ["â"])


def test_an_altered_batch_is_not_shown(case_file):
    plan(case_file)
    alter(case_file, update(batches).values(hash="0" * 64))
    with pytest.raises(RingbackError) as caught:
        preview(case_file)
    assert caught.value.code == "batch_altered"


def test_a_preview_warns_of_what_the_approver_must_know(case_file):
    plan(case_file, mobile(1))
    assert warned(case_file, "the sender is the outbox")
    assert not warned(case_file, "quiet hours")
    assert not warned(case_file, "run again")
    assert not warned(case_file, "suppressed")
    case_file.case.switch_current("another-run")
    assert warned(case_file, "run again since")
    import_list(case_file, read_list("07700 900001"), plan=DialPlan(), reason="protected")
    assert warned(case_file, "1 of its numbers were suppressed after planning")
    case_file.clock.sleep(8.99 * 3600)
    assert not warned(case_file, "over")
    case_file.clock.sleep(3600)
    assert warned(case_file, "all its windows are over")


def test_a_preview_warns_of_windows_that_have_become_too_short(case_file):
    plan(case_file, *(mobile(place) for place in range(300)), per_second=0.02)
    assert not warned(case_file, "too short")
    case_file.clock.sleep(6 * 3600)
    assert warned(case_file, "too short")


def test_a_preview_gives_the_reasons_for_shorter_quiet_hours_and_for_second_texts(case_file):
    plan(case_file, quiet_from="", quiet_until="", notes={"quiet_why": "agreed"}, again="wrong website")
    assert warned(case_file, "quiet hours are shorter than usual: agreed")
    assert warned(case_file, "texted once more: wrong website")


def test_a_preview_warns_of_a_key_that_reaches_nobody(case_file):
    plan(case_file, *made_up_mobiles(2), sender=notify_facts(case_file, key_type="team"))
    assert warned(case_file, "of the type team")
    assert not warned(case_file, "outbox")


def test_an_unapproved_batch_shows_no_approver_even_after_a_stop(case_file):
    batch = plan(case_file).batch
    approve(case_file, "B-001", member="bob", batch_hash=batch.hash, why="x")
    assert preview(case_file)["approved_by"] == "bob"
    alter(case_file, update(batches).values(state="stopped", approval_entry=None))
    assert preview(case_file)["approved_by"] is None


def test_a_list_of_batches_shows_an_altered_one_as_unreadable(case_file):
    plan(case_file, mobile(1))
    plan(case_file, mobile(2))
    alter(case_file, update(batches).where(batches.c.id == "B-001").values(content="x"))
    with case_file.records.connect() as connection:
        first, second = list_as_dicts(list_batches(connection))
    assert (first["sender"], first["texts"]) == ("altered", None)
    assert (second["sender"], second["texts"]) == ("outbox", 1)


def test_channels_in_words():
    rows = channel_rows({"none": {"pager": 2}, "text": {"uk_mobile": 3, "staff": 1}})
    assert rows == [
        ("text", "UK mobile: can be texted", 3),
        ("text", "staff", 1),
        ("none", "pager: takes no texts", 2),
    ]


# Frozen lists.


def test_a_frozen_list_holds_the_numbers_of_its_channel(case_file):
    plan(case_file)
    found = read_frozen_list(case_file, "B-001", "referral")
    assert found.suppressed == 0
    assert [(row["number"], row["region"]) for row in found.rows] == [("+441632960001", "FR"), ("+447700900901", "JE")]
    assert [row["kind"] for row in read_frozen_list(case_file, "B-001", "outreach").rows] == ["landline", "voip"]


def test_numbers_suppressed_since_planning_are_left_out_and_counted(case_file):
    plan(case_file)
    import_list(case_file, read_list("020 7946 0001"), plan=DialPlan(), reason="protected")
    found = read_frozen_list(case_file, "B-001", "outreach")
    assert ([row["number"] for row in found.rows], found.suppressed) == (["+442079460002"], 1)


def swap(case_file, column):
    """Swap the values of two routes."""
    first, second = rows_of(case_file, routes)[:2]
    for row, other in ((first, second), (second, first)):
        where = (routes.c.batch == "B-001") & (routes.c.place == row.place)
        alter(case_file, update(routes).where(where).values(**{column: getattr(other, column)}))


ALTERATIONS = {
    "a route less": lambda c: alter(c, delete(routes).where(routes.c.channel == "outreach", routes.c.kind == "voip")),
    "a text made an outreach": lambda c: alter(
        c, update(routes).where(routes.c.channel == "text").values(channel="outreach", reason="landline")
    ),
    "sealed numbers swapped": lambda c: swap(c, "number_sealed"),
    "digests swapped": lambda c: swap(c, "number_digest"),
    "an alert less": lambda c: alter(c, delete(alerts).where(alerts.c.place == 1)),
}


@pytest.mark.parametrize("alteration", ALTERATIONS)
def test_an_altered_list_is_not_written(case_file, alteration):
    landlines = [replace(mobile(place), kind="landline") for place in range(5)]
    plan(case_file, mobile(7), replace(mobile(8), kind="voip"), *landlines)
    ALTERATIONS[alteration](case_file)
    with pytest.raises(RingbackError) as caught:
        _ = [read_frozen_list(case_file, "B-001", channel) for channel in ("outreach", "text")]
    assert caught.value.code in ("batch_altered", "sealed_unreadable")


def test_a_plan_in_several_windows_is_previewed_in_order(case_file):
    later = tuple(replace(one, first_at=one.first_at + timedelta(days=1), until_at=one.until_at + timedelta(days=1))
                  for one in windows(case_file))  # fmt: skip
    plan(case_file, windows=(*chosen(case_file).windows, *later))
    assert [one.split(",")[0] for one in preview(case_file)["windows"]] == [
        "Thursday 24 November 2022",
        "Friday 25 November 2022",
    ]
