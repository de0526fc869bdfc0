"""The main job once more, in plain Python loops over dictionaries: what DuckDB must agree with.

It is written from the rules, not from the stages, and shares nothing with them but the raw rows and the readings.
"""

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

IDENTIFIED = ["identified", "arrested", "charged", "convicted"]


class Oracle:
    """One small seizure, analysed.

    Args:
        raw: Raw rows by table name, and `readings`, `reading_options`, `organisation_numbers`.
        zone: Time zone of naive times.
        first_at: First moment of the site's life, aware.
        until_at: First moment after it.
        over_s: The rule's threshold in seconds.
    """

    def __init__(self, raw, *, zone, first_at, until_at, over_s):
        self.raw, self.zone, self.period, self.over_s = raw, ZoneInfo(zone), (first_at, until_at), over_s
        self.book = {row["raw"]: row for row in raw["readings"]}
        self.readings_of = self._disambiguate()
        self.own = self._own()
        self.rows = [self._read(row) for row in sorted(raw["raw_calls"], key=place)]
        self._judge()
        self.calls = [row for row in self.rows if row["rejected"] is None]
        self.ties = self._ties()
        self.funnel = Counter()
        self.long_calls = self._sift()
        self._count_numbers()

    def _disambiguate(self):
        examples, ways = defaultdict(set), defaultdict(set)
        rows = self.raw["raw_calls"]
        texts = {(row["account"] or "", row["called_number"] or "") for row in rows}
        made = {(row["account"] or "", row["called_number"] or "") for row in rows if not reached_an_account(row)}
        for account, text in made:
            reading = self.book[text]
            if account and reading["how"] and reading["how"].startswith("bare-") and not reading["ambiguous"]:
                examples[account].add(reading["e164"])
                ways[account].add(reading["how"])
        found = {}
        for account, text in texts:
            reading = dict(self.book[text], decided=False)
            if reading["ambiguous"] and len(examples[account]) > 4 and len(ways[account]) == 1:
                for option in self.raw["reading_options"]:
                    if option["raw"] == text and option["how"] in ways[account]:
                        reading.update(option, ambiguous=False, decided=True)
            found[account, text] = reading
        return found

    def _own(self):
        own = {}
        for row in self.raw["organisation_numbers"]:
            own[row["e164"]] = "organisation"
        for owner, table, column in (
            ("site", "raw_site_numbers", "number"),
            ("subject", "raw_subjects", "contact_number"),
            ("account", "raw_accounts", "contact_number"),
        ):
            for row in self.raw[table]:
                for number in self._possible(row[column]):
                    own[number] = owner
        return own

    def _possible(self, text):
        reading = self.book.get(text or "")
        if reading and reading["ambiguous"]:
            return [option["e164"] for option in self.raw["reading_options"] if option["raw"] == reading["raw"]]
        return [reading["e164"]] if reading and reading["e164"] else []

    def _certain(self, text):
        reading = self.book.get(text or "")
        return reading["e164"] if reading and not reading["ambiguous"] else None

    def _read(self, row):
        reading = self.readings_of[row["account"] or "", row["called_number"] or ""]
        sure = reading["e164"] is not None and not reading["ambiguous"]
        shown = self._certain(row["presentation_number"])
        names = {one["e164"]: one["organisation"] for one in self.raw["organisation_numbers"]}
        seconds = talk_seconds(row["duration"])
        ended = row["disposition"]
        return row | {
            "at": self._moment(row["started_at"]),
            "number": reading["e164"] if sure else None,
            "how": reading["how"],
            "decided": reading["decided"],
            "kind": reading["kind"] if sure else None,
            "region": reading["region"] if sure else None,
            "ambiguous": reading["ambiguous"],
            "unread": reading["reason"],
            "seconds": seconds,
            "answered": bool(seconds) and (ended is None or ended.strip().upper() == "ANSWERED"),
            "own": self.own.get(reading["e164"]) if sure else None,
            "organisation": names.get(shown),
        }

    def _moment(self, text):
        zone = self.zone
        text = (text or "").strip()
        if text.endswith("Z"):
            text, zone = text[:-1], UTC
        elif text[-6:-5] in ("+", "-"):
            sign = -1 if text[-6] == "-" else 1
            zone = timezone(sign * timedelta(hours=int(text[-5:-3]), minutes=int(text[-2:])))
            text = text[:-6]
        for pattern in ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S.%f"):
            try:
                return datetime.strptime(text, pattern).replace(tzinfo=zone, fold=0).astimezone(UTC)
            except ValueError:
                continue
        return None

    def _judge(self):
        in_time = []
        for row in self.rows:
            if reached_an_account(row):
                row["rejected"] = "inbound"
            elif row["at"] is None:
                row["rejected"] = "bad_time"
            elif row["at"] < self.period[0] or row["at"] >= self.period[1]:
                row["rejected"] = "outside_period"
            else:
                in_time.append(row)
        called = [(row["call_id"], row["account"]) for row in in_time if side(row) == "b" and row["call_id"]]
        taken = []
        for row in in_time:
            same = [side(row), row["call_id"], row["account"], row["at"], row["seconds"], row["disposition"]]
            same.append(row["number"] or ["text", row["called_number"] or ""])
            if side(row) == "a" and (row["call_id"], row["account"]) in called:
                row["rejected"] = "other_leg"
            elif same in taken:
                row["rejected"] = "duplicate"
            else:
                row["rejected"] = None
                taken.append(same)

    def _ties(self):
        ties = {}
        for row in sorted(self.raw["raw_subjects"], key=lambda row: row["subject"], reverse=True):
            rank = IDENTIFIED.index(row["status"]) + 1 if row["status"] in IDENTIFIED else 0
            if row["account"] and rank >= ties.get(row["account"], (0, None))[0]:
                ties[row["account"]] = (rank, row["subject"])
        return {account: subject for account, (rank, subject) in ties.items() if rank}

    def _sift(self):
        """Every row through the steps for rows and calls, counted where it falls out; gives what is left."""
        left = []
        for row in self.rows:
            steps = [
                ("calls", row["rejected"]),
                ("readable", "ambiguous" if row["ambiguous"] else row["unread"]),
                ("connected", None if row["answered"] else self._silence(row)),
                ("uk", self._abroad(row["region"])),
                ("people", row["own"] and f"own_number_of_{row['own']}"),
                ("over_threshold", None if (row["seconds"] or 0) > self.over_s else "too_short"),
            ]
            for step, reason in steps:
                self.funnel[step, reason or "kept"] += 1
                if reason:
                    break
            else:
                left.append(row)
        return left

    @staticmethod
    def _silence(row):
        return "talk_time_unknown" if row["seconds"] is None else "not_answered"

    @staticmethod
    def _abroad(region):
        if region == "GB":
            return None
        return "crown_dependency" if region in ("JE", "GG", "IM") else "abroad"

    def _count_numbers(self):
        seen = set()
        for row in self.long_calls:
            if row["number"] in seen:
                self.funnel["distinct", "further_call_to_the_same_number"] += 1
                continue
            seen.add(row["number"])
            self.funnel["distinct", "kept"] += 1
            if row["kind"] != "mobile":
                self.funnel["textable", row["kind"]] += 1
                continue
            self.funnel["textable", "kept"] += 1
            tied = any(one["account"] in self.ties for one in self.long_calls if one["number"] == row["number"])
            self.funnel["attributed", "kept" if tied else "no_identified_subject"] += 1

    def victims(self):
        """Number to what is known of it, in order of the numbers."""
        found = defaultdict(list)
        for row in self.long_calls:
            if row["kind"] == "mobile" and row["account"] in self.ties:
                found[row["number"]].append(row)
        return {number: self._victim(found[number]) for number in sorted(found)}

    def _victim(self, calls):
        first = min(calls, key=lambda row: (row["at"], *place(row)))
        return {
            "calls": len(calls),
            "longest_s": max(row["seconds"] for row in calls),
            "accounts": len({row["account"] for row in calls}),
            "subjects": len({self.ties[row["account"]] for row in calls}),
            "first_at": first["at"],
            "last_at": max(row["at"] for row in calls),
            "organisations": "; ".join(sorted({row["organisation"] for row in calls if row["organisation"]})),
            "first_exhibit": first["exhibit"],
            "first_table": first["origin_table"],
            "first_row": first["origin_row"],
        }

    def peak(self):
        """(people, minute) of the busiest minute, the first of several; None without one."""
        people = defaultdict(set)
        for row in self.calls:
            if row["region"] == "GB" and not row["own"]:
                people[row["at"].replace(second=0, microsecond=0)].add(row["number"])
        ranked = sorted((-len(numbers), minute) for minute, numbers in people.items())
        return (-ranked[0][0], ranked[0][1]) if ranked else None

    def days(self):
        """Local day to calls."""
        return Counter(row["at"].astimezone(self.zone).date().isoformat() for row in self.calls)


def side(row):
    return (row["leg"] or "").strip().lower()


def place(row):
    return (row["exhibit"], row["origin_table"], row["origin_row"])


def talk_seconds(text):
    parts = (text or "").strip().split(":")
    if len(parts) == 3:
        hours, minutes, seconds = map(float, parts)
        return hours * 3600 + minutes * 60 + seconds
    try:
        return float(parts[0]) if len(parts) == 1 and float(parts[0]) >= 0 else None
    except ValueError:
        return None


def reached_an_account(row):
    return row.get("direction") == "inbound"
