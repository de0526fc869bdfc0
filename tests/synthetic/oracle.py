"""A small reader of a synthetic seizure in plain Python, which shares no code with the generator."""

import csv
from collections import Counter, defaultdict
from datetime import UTC, date, datetime
from importlib.resources import files
from zoneinfo import ZoneInfo

from ringback.numbers.dial_plan import DialPlan
from ringback.numbers.reader import read_number

PLAN = DialPlan()
LONDON = ZoneInfo("Europe/London")
IDENTIFIED = {"identified", "arrested", "charged", "convicted"}


def read_csv(path):
    text = path.read_bytes().decode("utf-8", "surrogateescape")
    reader = csv.DictReader(text.splitlines(keepends=True))
    return [{key: value if value else None for key, value in row.items()} for row in reader]


def read_time(text):
    try:
        return datetime.strptime(text or "", "%Y-%m-%d %H:%M:%S").replace(tzinfo=None)  # noqa: DTZ007
    except ValueError:
        return None


def sure(raw):
    reading = read_number(raw, PLAN)
    return None if reading.ambiguous else reading.e164


class Oracle:
    def __init__(self, folder):
        self.rows = read_csv(folder / "calls.csv")
        self.accounts = read_csv(folder / "accounts.csv")
        self.payments = read_csv(folder / "payments.csv")
        self.site = read_csv(folder / "site_numbers.csv")
        self.subjects = read_csv(folder / "subjects.csv")
        self.read_rows()
        self.settle()
        self.reject()
        self.own()

    def read_rows(self):
        for number, row in enumerate(self.rows, 1):
            row["row"] = number
            row["reading"] = read_number(row["called_number"], PLAN)
            row["local"] = read_time(row["started_at"])
            row["utc"] = row["local"] and row["local"].replace(tzinfo=LONDON, fold=0).astimezone(UTC)

    def settle(self):
        numbers, hows = defaultdict(set), defaultdict(set)
        for row in self.rows:
            reading = row["reading"]
            if reading.how and reading.how.startswith("bare") and not reading.ambiguous:
                numbers[row["account"]].add(reading.e164)
                hows[row["account"]].add(reading.how)
        for row in self.rows:
            reading, account = row["reading"], row["account"]
            option = reading.options[0] if reading.options else None
            row["ambiguous"], row["settled"] = reading.ambiguous, False
            if reading.ambiguous:
                option = None
                if account and len(numbers[account]) >= 5 and len(hows[account]) == 1:
                    found = [each for each in reading.options if {each.how} == hows[account]]
                    if found:
                        option, row["ambiguous"], row["settled"] = found[0], False, True
            row["called"] = option.e164 if option else None
            row["kind"] = option.kind if option else None
            row["region"] = "ambiguous" if row["ambiguous"] else option.region if option else "unreadable"

    def reject(self):
        left = []
        for row in self.rows:
            row["rejected"] = None
            if row["local"] is None:
                row["rejected"] = "bad_time"
            elif not date(2020, 12, 1) <= row["local"].date() <= date(2022, 11, 24):
                row["rejected"] = "outside_period"
            else:
                left.append(row)
        second = {(row["call_id"], row["account"]) for row in left if row["leg"] == "b"}
        seen = set()
        for row in left:
            key = tuple(row[name] for name in ("call_id", "leg", "account", "started_at", "duration_s", "disposition"))
            key += (row["reading"].e164 or row["called_number"],)
            if row["leg"] == "a" and (row["call_id"], row["account"]) in second:
                row["rejected"] = "other_leg"
            elif key in seen:
                row["rejected"] = "duplicate"
            else:
                seen.add(key)
        self.calls = [row for row in self.rows if row["rejected"] is None]

    def own(self):
        text = (files("ringback.data") / "organisations.csv").read_text("utf-8-sig")
        listed = [row for row in csv.DictReader(text.splitlines()) if row["e164"]]
        self.organisations = {row["e164"]: row["organisation"] for row in listed}
        mine = {sure(row["contact_number"]) for row in self.accounts + self.subjects}
        mine |= {sure(row["number"]) for row in self.site} | set(self.organisations)
        status = {row["account"]: row["status"] for row in self.subjects}
        for row in self.calls:
            row["own"] = row["called"] is not None and row["called"] in mine
            seconds = int(row["duration_s"] or 0)
            row["seconds"] = seconds if row["disposition"] in (None, "ANSWERED") else 0
            row["uk_person"] = row["region"] == "GB" and not row["own"]
            row["tied"] = status.get(row["account"]) in IDENTIFIED

    def victims(self, seconds):
        return sorted(
            {
                row["called"]
                for row in self.calls
                if row["uk_person"] and row["kind"] == "mobile" and row["tied"] and row["seconds"] > seconds
            }
        )

    def figures(self):
        over = [row for row in self.calls if row["uk_person"] and row["seconds"] > 60]
        minutes = defaultdict(set)
        for row in self.calls:
            if row["uk_person"]:
                minutes[row["utc"].replace(second=0)].add(row["called"])
        peak = max(len(people) for people in minutes.values())
        paid = {row["payment_id"]: row["gbp"] for row in self.payments}
        active = {row["account"] for row in self.calls} - {None}
        everyone = active | {row["account"] for row in self.accounts + self.payments}
        shown = Counter(
            self.organisations.get(sure(row["presentation_number"])) for row in self.calls if not row["own"]
        )
        del shown[None]
        regions = Counter(row["region"] for row in self.calls)
        subjects = Counter({(row["subject"], row["status"], row["area"]) for row in self.subjects})
        by_status = Counter((status, area) for _, status, area in subjects)
        return {
            "calls_total": len(self.calls),
            "calls_connected": sum(row["seconds"] > 0 for row in self.calls),
            "uk_calls": regions["GB"],
            "uk_calls_over_minute": len(over),
            "uk_people_over_minute": len({row["called"] for row in over}),
            "numbers_to_alert": len(self.victims(60)),
            "accounts_total": len(everyone),
            "accounts_active": len(active),
            "revenue_gbp": round(sum(round(float(value) * 100) for value in paid.values()) / 100, 2),
            "first_call_at": _text(min(row["utc"] for row in self.calls)),
            "last_call_at": _text(max(row["utc"] for row in self.calls)),
            "peak_uk_people_per_minute": peak,
            "peak_minute": _text(min(minute for minute, people in minutes.items() if len(people) == peak)),
            "calls_by_region": _ranked(regions, "region"),
            "organisations_imitated": _ranked(shown, "organisation"),
            "subjects_by_status_and_area": [
                {"status": status, "area": area, "subjects": count}
                for (status, area), count in sorted(by_status.items())
            ],
        }


def _text(timestamp):
    return timestamp.strftime("%Y-%m-%dT%H:%M:%SZ")


def _ranked(counts, word):
    return [{word: name, "calls": n} for name, n in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]
