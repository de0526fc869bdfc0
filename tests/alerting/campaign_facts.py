"""Facts of campaign pages of every kind, and a case with a batch that may have a page."""

from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import update

from alert_rows import make_case_file
from ringback.alerting.model import references
from ringback.alerting.model.batch_content import BatchContent, Window, list_hash
from ringback.alerting.verification.campaign_page import CampaignFacts
from ringback.alerting.wording.templates import default_wording, render
from ringback.records.alert_tables import alerts
from ringback.records.batches import Batch, NewAlert, add_batch
from ringback.records.db import writing

NOON = datetime(2022, 11, 24, 12, 0, tzinfo=UTC)
SETTINGS = {
    "force": "Example Police",
    "website": "the Example Police website",
    "sender_name": "ExamplePol",
    "check_place": "the Example Police website, on the page about this text",
}


def make_facts(**changes):
    wording = default_wording(force="Example Police", takes_replies=changes.get("takes_replies", False))
    sample = references.show(references.SAMPLE)
    made = CampaignFacts(
        campaign="B-001",
        synthetic=False,
        force="Example Police",
        website="the Example Police website",
        sender_name="ExamplePol",
        language="en",
        text=render(wording, sample),
        sample_reference=sample,
        windows=(("2022-11-24T09:00:00+00:00", "2022-11-24T19:00:00+00:00"),),
        windows_in_words=(
            "Thursday 24 November 2022, 09:00 to 19:00 GMT",
            "Friday 25 November 2022, 09:00 to 19:00 GMT",
        ),
        phase="under_way",
        sent=43_218,
        counted_at="2022-11-25T11:30:00+00:00",
        counted_at_in_words="11:30 on Friday 25 November 2022",
        check_place="the Example Police website, on the page about this text",
        takes_replies=False,
    )
    return replace(made, **changes)


# A name without a blank, as long as a sender name or a force may be, must not push the page apart.
PAGES = {
    "live": make_facts(),
    "synthetic": make_facts(synthetic=True, takes_replies=True, phase="over", sent=1),
    "long": make_facts(
        force="Example and Another Example Constabulary Economic Crime Unit " * 2,
        sender_name="W" * 30,
        windows_in_words=tuple(f"Wednesday {day} September 2026, 09:00 to 20:00 BST" for day in range(1, 31)),
        phase="paused",
    ),
    "early": make_facts(phase="not_begun", sent=0),
}


def make_campaign_case(tmp_path, *, state="approved", settings=SETTINGS, kind="alerts", accepted=2, **columns):
    """A case with batch B-001 of five alerts: some accepted, and one in each of the other states."""
    case_file = make_case_file(tmp_path)
    case = replace(case_file.case, settings=replace(case_file.case.settings, alerts=dict(settings)))
    case_file = replace(case_file, case=case)
    listed = [
        NewAlert(place, f"k1:{place}", f"k1:check{place}", f"sealed{place}", f"rb-{place}") for place in range(1, 6)
    ]
    content = BatchContent(
        batch="B-001",
        kind=kind,
        case=case.settings.id,
        run="run",
        rule="over-a-minute@1",
        list_sha256=list_hash(one.listed for one in listed),
        texts=5,
        channels={"text": {"mobile": 5}, "outreach": {"landline": 98_765}},
        wording=asdict(default_wording(force="Frozen Police", takes_replies=True)),
        sender={"name": "outbox", "shown_as": "FrozenPol"},
        windows=(Window(NOON, NOON + timedelta(hours=12)),),
    )
    batch = Batch(
        "B-001",
        kind,
        state,
        content.canonical(),
        content.hash,
        planned_by="pat",
        planned_at=NOON,
        **({"approved_by": "alex"} | columns),
    )
    with writing(case_file.records).begin() as connection:
        add_batch(connection, batch, listed=listed)
        states = ["accepted"] * accepted + ["in_doubt", "rejected", "suppressed", "needs_human"]
        for place, alert_state in enumerate(states[:5], 1):
            connection.execute(update(alerts).where(alerts.c.place == place).values(state=alert_state))
    return case_file
