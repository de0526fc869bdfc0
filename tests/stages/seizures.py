"""Whole small seizures: one in which something falls out for every reason, and random messy ones."""

from dataclasses import dataclass
from datetime import UTC, datetime

from hypothesis import strategies as st

from ringback import schemas as t
from ringback.engine.time_zones import local_days, zone_offsets
from ringback.numbers.reader import REASONS
from ringback.pipeline.steps import RunInputs
from ringback.schemas import KINDS
from ringback.stages.rules import A_MINUTE
from stages.literal_tables import raw_call
from stages.number_book import BARE_UK, BARE_US, BOOK, OPTIONS, ORGANISATIONS, READINGS, UK_MOBILES, reading
from stages.oracle import Oracle
from stages.reading_calls import parse_rows, repeated_keys

ZONE = "Europe/London"
# From the first moment of the day on which clocks go forward to the last of the day on which they go back.
FIRST_AT, UNTIL_AT = datetime(2021, 3, 28, tzinfo=UTC), datetime(2021, 11, 1, tzinfo=UTC)
RUN_INPUTS = RunInputs(A_MINUTE, FIRST_AT, UNTIL_AT)
STRETCHES = zone_offsets(ZONE)
DAYS = local_days(ZONE, FIRST_AT, UNTIL_AT)
ZONE_TABLES = {t.ZONE_OFFSETS: STRETCHES.to_pylist(), t.LOCAL_DAYS: DAYS.to_pylist()}


@dataclass(frozen=True)
class Seizure:
    """Raw rows by table name; `extra` are readings beside the number book's."""

    calls: list
    subjects: list
    extra: tuple = ()

    @property
    def raw(self):
        """Every table that is given, by name."""
        accounts = [("ann", "account's own"), ("bob", None), ("dan", "either 1")]
        return {
            "raw_calls": self.calls,
            "raw_subjects": self.subjects,
            "raw_accounts": [{"account": name, "contact_number": raw} for name, raw in accounts],
            "raw_site_numbers": [{"number": "site's own"}, {"number": "account's own"}],
            "readings": READINGS + list(self.extra),
            "reading_options": OPTIONS,
            "organisation_numbers": ORGANISATIONS,
        }

    @property
    def tables(self):
        """Every table that is given, by schema."""
        given = {schema: self.raw[schema.name] for schema in t.TABLES if schema.name in self.raw}
        parsed = parse_rows(
            self.calls, readings=self.raw["readings"], stretches=STRETCHES, first_at=FIRST_AT, until_at=UNTIL_AT
        )
        return given | {t.PARSED_CALLS: parsed, t.REPEATED_KEYS: repeated_keys(parsed)} | ZONE_TABLES

    def oracle(self):
        """What plain Python makes of it."""
        return Oracle(self.raw, zone=ZONE, first_at=FIRST_AT, until_at=UNTIL_AT, over_s=60)


def subject(account, name, status, contact=None):
    return {"account": account, "subject": name, "status": status, "area": "London", "contact_number": contact}


def every_reason():
    """A seizure of some fifty rows in which something falls out at every step for every reason there is.

    The reasons why a number cannot be read, and the kinds that cannot be texted, are asked of the program.
    """
    unread = [reading(f"unread: {reason}", reason=reason) for reason in REASONS]
    kinds = [reading(f"kind: {kind}", f"+4416329601{place:02}", "plus", kind=kind) for place, kind in enumerate(KINDS)]
    texts = [row["raw"] for row in unread + kinds]
    texts += ["either 1", "+12125550150", "Jersey", "account's own", "subject's own", "site's own", "bank"]
    changes = [{"called_number": text} for text in texts] + [
        {"started_at": "0000-00-00 00:00:00"},
        {"started_at": "2021-03-27 23:59:59"},
        {"call_id": "two legs", "leg": "a", "called_number": "account's own"},
        {"call_id": "two legs", "leg": "b", "called_number": "07700 900002"},
        {"call_id": "twice"},
        {"call_id": "twice"},
        {"duration": None},
        {"direction": "inbound"},
        {"disposition": "NO ANSWER"},
        {"duration": "60"},
        {"account": "bob", "called_number": "+447700900003"},
        {},
    ]
    calls = [raw_call(row, **change) for row, change in enumerate(changes, start=1)]
    subjects = [subject("ann", "S1", "charged", "subject's own"), subject("bob", "S2", "unidentified")]
    return Seizure(calls, subjects, tuple(unread + kinds))


TIMES = st.sampled_from(
    [
        "2021-03-27 23:59:59",
        "2021-03-28 00:00:00",
        "2021-03-28 01:30:00",
        "2021-03-28 02:30:00",
        "2021-08-02 10:00:00",
        "2021-08-02 10:00:00",
        "2021-08-02T10:00:59",
        "2021-08-02T09:00:00Z",
        "2021-08-02 10:00:30.500",
        "2021-08-02 23:30:00",
        "2021-08-02T23:30:00Z",
        "2021-10-31T00:30:00+01:00",
        "2021-10-31 01:30:00",
        "2021-10-31T01:30:00Z",
        "2021-10-31 02:30:00",
        "2021-10-31 23:59:59",
        "2021-11-01 00:00:00",
        "0000-00-00 00:00:00",
        "2021-02-30 10:00:00",
        "soon",
        None,
    ]
)
# Half of all calls go to a few UK mobiles and last, so that numbers, legs and repetitions meet and victims come of it.
NUMBERS = st.one_of(
    st.sampled_from(list(UK_MOBILES)),
    st.sampled_from(list(UK_MOBILES)),
    st.sampled_from(["either 1", "either 2"]),
    st.sampled_from([*BOOK, None]),
)
TALK = st.one_of(
    st.sampled_from(["61", "61.0", "0:01:01", "600"]),
    st.sampled_from(["61", "600", "60", "60.5", "0", "3", "", "-1", "n/a", None]),
)
CHANGES = st.sampled_from(
    [{}, {}, {"leg": "a"}, {"leg": "b"}, {"called_number": "447700900001"}, {"duration": "0:01:01"}]
)


@st.composite
def messy_rows(draw):
    """Up to some twenty-five rows of three accounts and none, over three exhibits."""
    fields = {
        "call_id": st.sampled_from(["C1", "C2", "C3", None]),
        "leg": st.sampled_from(["b", "b", "a", "A", " B ", None]),
        "account": st.sampled_from(["ann", "ann", "bob", "cat", None]),
        "started_at": TIMES,
        "presentation_number": st.sampled_from(["bank", "tax", "bank", "either 2", "anonymous", None]),
        "called_number": NUMBERS,
        "duration": TALK,
        "disposition": st.sampled_from(["ANSWERED", "ANSWERED", "answered", "BUSY", None]),
        "direction": st.sampled_from([None, None, "outbound", "inbound"]),
    }
    rows = draw(st.lists(st.fixed_dictionaries(fields), min_size=4, max_size=16))
    # Repetitions of rows, whole or in another spelling, come from here more often than from chance.
    rows += [row | draw(CHANGES) for row in draw(st.lists(st.sampled_from(rows), max_size=4))]
    for texts in draw(st.lists(st.sampled_from([list(BARE_UK), list(BARE_US)]), max_size=2)):
        account, count = draw(st.sampled_from(["ann", "bob"])), draw(st.sampled_from([5, 6, 5, 4]))
        rows += [{"account": account, "called_number": text} for text in texts[:count]]
    exhibits = draw(st.lists(st.sampled_from(["EX-001", "EX-002", "EX-003"]), min_size=len(rows), max_size=len(rows)))
    return [
        raw_call(number, exhibit=exhibit, **row)
        for number, (row, exhibit) in enumerate(zip(rows, exhibits, strict=True), start=1)
    ]


@st.composite
def seizures(draw):
    """A random small seizure."""
    statuses = st.sampled_from(["charged", "identified", "arrested", "unidentified", "on bail", None])
    accounts = st.sampled_from(["ann", "bob", "cat"])
    ties = draw(st.lists(st.tuples(accounts, st.sampled_from(["S1", "S2"]), statuses), min_size=1, max_size=5))
    return Seizure(draw(messy_rows()), [subject(*tie, "subject's own") for tie in ties])
