"""A made-up report, near the published figures: what the tests of the report and others render."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ringback.reporting.funnel import FunnelStep
from ringback.reporting.report import ReportContent

PERIOD = "2021-07-01 to 2022-08-31"
RULE = "over-a-minute@1"
RULE_WORDS = "a UK mobile that answered a call of more than 60 seconds from an account tied to an identified subject"
REGIONS = (
    *(
        ("US", 4_000_000),
        ("GB", 3_500_000),
        ("FR", 410_000),
        ("AU", 330_000),
        ("CA", 300_000),
        ("DE", 270_000),
    ),
    *(("ES", 210_000), ("NL", 190_000), ("IT", 160_000), ("IE", 140_000), ("BA", 120_000), ("AE", 90_000)),
    *(("SE", 60_000), ("JE", 40_000), ("ZZ", 20_000), ("unreadable", 100_000), ("ambiguous", 60_000)),
)
ORGANISATIONS = (
    *(("Barclays", 910_000), ("Santander", 720_000), ("HSBC", 540_000), ("Lloyds Bank", 430_000)),
    *(("Halifax", 300_000), ("First Direct", 190_000), ("NatWest", 170_000), ("Nationwide", 120_000)),
    *(
        ("TSB", 90_000),
        ("HM Revenue & Customs", 45_000),
        ("Royal Bank of Scotland", 44_000),
        ("Monzo", 30_000),
    ),
    *(
        ("Metro Bank", 20_000),
        ("Virgin Money", 9_000),
        ("The Co-operative Bank", 4_000),
        ("Starling Bank", 300),
    ),
    *(("American Express", 20),),
)
SUBJECTS = (
    *(("arrested", "London", 103), ("arrested", "Elsewhere in the UK", 17), ("identified", "London", 310)),
    *(("identified", "Elsewhere in the UK", 250), ("charged", "London", 9), ("unidentified", None, 41)),
)


def _figures(*, empty: bool) -> list[dict[str, Any]]:
    def figure(key: str, value: object, unit: str, definition: str, *, rows: int, rule: str = "") -> dict[str, Any]:
        if empty:
            value, rows = (
                ([] if isinstance(value, list) else 0 if isinstance(value, int | float) else None),
                0,
            )
        return {
            **{"key": key, "value": value, "unit": unit, "definition": definition},
            **{"period": PERIOD, "rule": rule, "rows": rows},
        }

    regions = [{"region": region, "calls": calls} for region, calls in REGIONS]
    organisations = [{"organisation": name, "calls": calls} for name, calls in ORGANISATIONS]
    subjects = [{"status": status, "area": area, "subjects": count} for status, area, count in SUBJECTS]
    calls = 10_000_000
    return [
        figure("calls_total", calls, "calls", "Seized call rows, each call once", rows=calls),
        figure("calls_connected", 6_400_000, "calls", "Calls that were answered", rows=calls),
        figure("uk_calls", 3_500_000, "calls", "Calls to a number read for certain as a UK number", rows=calls),
        figure("uk_calls_over_minute", 350_000, "calls", "Calls answered, longer than 60 seconds", rows=calls),
        figure("uk_people_over_minute", 200_000, "numbers", "Distinct numbers of those calls", rows=calls),
        figure("numbers_to_alert", 70_000, "numbers", RULE_WORDS.capitalize(), rows=200_000, rule=RULE),
        figure("accounts_total", 59_000, "accounts", "Distinct accounts in any seized table", rows=59_000),
        figure("accounts_active", 42_300, "accounts", "Distinct accounts with at least one call", rows=calls),
        figure("revenue_gbp", 3_200_150.5, "GBP", "Sterling values of all payments on the day", rows=21_000),
        figure("first_call_at", "2021-07-01T07:01:12Z", "UTC time", "Start of the first call", rows=calls),
        figure("last_call_at", "2022-08-31T21:58:40Z", "UTC time", "Start of the last call", rows=calls),
        figure("peak_uk_people_per_minute", 20, "numbers", "Most distinct UK numbers in a minute", rows=400_000),
        figure("peak_minute", "2022-03-14T11:42:00Z", "UTC time", "The first such minute", rows=400_000),
        figure("calls_by_region", regions, "calls", "Calls by region of the called number", rows=calls),
        figure("organisations_imitated", organisations, "calls", "Calls that showed its number", rows=calls),
        figure("subjects_by_status_and_area", subjects, "subjects", "Subjects by status and area", rows=730),
        figure("made_up_by_a_test", 1234, "widgets", "A figure that the report has never heard of", rows=5),
    ]


def _funnel() -> list[FunnelStep]:
    steps: tuple[tuple[str, str, str, list[tuple[str, int]]], ...] = (
        ("read", "Rows of call tables that could be read", "rows", [("wrong number of fields", 1_250)]),
        (
            *("calls", "Calls, each once, in the life of the site", "calls"),
            [
                ("second leg of a call that is there already", 1_200_000),
                ("repetition of a row that is there already", 42_000),
                ("outside the life of the site", 5_310),
            ],
        ),
        (
            *("readable", "Called number read for certain", "calls"),
            [("more than one reading of the number is possible", 60_000), ("no valid number", 100_000)],
        ),
        ("connected", "Answered", "calls", [("not answered", 3_540_000)]),
        ("uk", "To a UK number", "calls", [("number abroad (partner referral)", 4_100_000)]),
        (
            "people",
            "To a person (own numbers counted apart)",
            "calls",
            [("an organisation's own number", 30_000)],
        ),
        (
            "over_threshold",
            "Longer than the rule's threshold",
            "calls",
            [("not longer than the threshold", 1_820_000)],
        ),
        ("distinct", "Distinct numbers", "numbers", [("a further call to a number counted once", 150_000)]),
        (
            "textable",
            "UK mobiles, which can be texted",
            "numbers",
            [("landline (outreach list, never a text)", 61_000)],
        ),
        (
            *("attributed", "Called by an account tied to an identified subject", "numbers"),
            [("no account tied to an identified subject", 69_000)],
        ),
    )
    rows_in = 70_000 + sum(count for step in steps for _, count in step[3])
    funnel = []
    for step, label, unit, fell_out in steps:
        kept = rows_in - sum(count for _, count in fell_out)
        funnel.append(FunnelStep(step, label, unit, rows_in, kept, fell_out))
        rows_in = kept
    return funnel


def _days() -> list[tuple[date, int, int]]:
    """Fourteen months with quiet weekends, and two days without a call."""
    days = [date(2021, 7, 1) + timedelta(n) for n in range(427) if n not in (177, 360)]
    calls = [(4_000 + 95 * n) // (3 if day.weekday() > 4 else 1) + n * 7919 % 2_000 for n, day in enumerate(days)]
    scaled = [call * 9_980_000 // sum(calls) for call in calls]
    scaled[-2] += 10_000_000 - sum(scaled)
    uk = [call * 35 // 100 for call in scaled]
    uk[-2] += 3_500_000 - sum(uk)
    return list(zip(days, scaled, uk, strict=True))


def _minutes() -> list[tuple[datetime, int]]:
    peak = datetime(2022, 3, 14, 11, 42)  # noqa: DTZ001 - local to the case
    return [
        (peak + timedelta(minutes=n), 20 if n == 0 else 4 + n * n * 7 % 11 + (4 if abs(n) < 15 else 0))
        for n in range(-60, 61)
    ]


def _accounts() -> list[dict[str, Any]]:
    names = [
        "cashking",
        "nova_77",
        "<script>alert(1)</script>",
        "07700 900123",
        "+447700900456",
        "o'brien\u202e",
    ]
    return [
        {
            "account": names[n] if n < len(names) else f"user{n}",
            "subject": f"S-{n:03}" if n % 3 else None,
            "status": "arrested" if n % 3 else None,
            "calls": 190_000 // (n + 1),
            "uk_people_over_minute": 6_200 // (n + 1),
            "paid_gbp": 5_000.0 / (n + 1) if n != 5 else None,
        }
        for n in range(20)
    ]


def _exhibits() -> list[dict[str, Any]]:
    digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    base = {"bytes": 1_234_567_890, "sha256": digest, "rows": 11_247_310, "rejected": 1_250, "damage": []}
    return [
        {**base, "exhibit": "EX-001", "name": "panel-20220905101500.sql.gz"},
        {
            **{
                **base,
                "exhibit": "EX-002",
                "name": "export of 07700 900123.csv",
                "bytes": 20_480,
                "rows": 730,
            },
            "damage": ["the file is torn at byte 1234567890; rows after it may be missing"],
        },
    ]


def make_content(**changes: Any) -> ReportContent:
    """A report near the published figures, with `changes` to its fields."""
    content = ReportContent(
        case_name="Operation Elaborate (rehearsal)",
        synthetic=True,
        run_id="20221105T090000Z-3f2a",
        made_at=datetime(2022, 11, 5, 9, 30, tzinfo=UTC),
        time_zone="Europe/London",
        ringback_version="0.1.0",
        rule=RULE,
        rule_words=RULE_WORDS,
        figures=_figures(empty=False),
        funnel=_funnel(),
        calls_by_day=_days(),
        peak_minutes=_minutes(),
        account_shares=[(n / 200, 1 - (1 - n / 200) ** 9) for n in range(1, 201)],
        busiest_accounts=_accounts(),
        exhibits=_exhibits(),
        findings=[
            "Exhibit EX-002 is damaged at byte 1234567890: what was read before that point is kept.",
            "60,000 called numbers have more than one reading; none of them is among the people to warn.",
        ],
        audit_head="2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
    )
    return replace(content, **changes)


def make_empty_content() -> ReportContent:
    """The report of a case without a single call."""
    return make_content(
        synthetic=False,
        figures=_figures(empty=True),
        funnel=[FunnelStep("read", "Rows of call tables that could be read", "rows", 0, 0, [])],
        calls_by_day=[],
        peak_minutes=[],
        account_shares=[],
        busiest_accounts=[],
        exhibits=[],
        findings=[],
    )
