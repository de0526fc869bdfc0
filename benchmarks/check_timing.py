"""Whether the time of an answer tells a hit, a near miss and a miss apart; writes benchmarks/results/check_timing.json.

hit        a reference that was sent, with the right last four digits
near miss  a reference that was sent, with other digits
miss       a reference that nobody was sent

Questions of the three kinds come in random order, each about a reference of its own and from a source of its own, so
that none is slowed. They are timed twice: as the product answers (at a fixed time after the work began), and with that
padding left out, which shows what it hides. For each two kinds: the Kolmogorov-Smirnov distance of their times with
its critical value at 1%, and the chance that an answer of one kind takes longer than one of the other (Mann-Whitney;
0.5 tells nothing) with its z and p.

With --slowing it prints instead how long guessing takes, and how long a recipient then waits at worst.

Usage: python benchmarks/check_timing.py [--questions 400] [--alerts 20000] [--seed 1] | --slowing
"""

import argparse
import json
import math
import os
import platform
import random
import sys
import tempfile
import time
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import numpy as np
from sqlalchemy import insert

import ringback
from ringback.alerting.model import references
from ringback.alerting.model.throttle import RULES, Lane, Rules
from ringback.alerting.verification import alert_check
from ringback.case.case_file import new_case
from ringback.clock import SystemClock
from ringback.records.alert_tables import alerts, batches
from ringback.records.db import writing
from ringback.settings import Settings

RESULTS = Path(__file__).parent / "results"
KINDS = ("hit", "near miss", "miss")
# Kolmogorov-Smirnov: the factor of the critical distance at 1%, for two large samples.
_KS_1_PERCENT = math.sqrt(-math.log(0.01 / 2) / 2)


class WithoutPadding(SystemClock):
    """A clock that does not wait: what is left is the work alone."""

    def sleep(self, seconds):
        del seconds


def make_case(folder, count):
    """A case with so many alerts that were accepted, and their references; all numbers end in 0001."""
    case_file = new_case(folder / "case", settings=Settings(keys_dir=folder / "keys"), name="Timing", synthetic=True)
    key, now = case_file.key(), datetime.now(UTC)
    sent = [references.new_reference() for _place in range(count)]
    with writing(case_file.records).begin() as connection:
        batch = {"id": "B-001", "kind": "alerts", "state": "finished", "content": "{}", "hash": ""}
        connection.execute(insert(batches).values(**batch, planned_by="benchmark", planned_at=now))
        rows = [
            {
                "batch": "B-001",
                "place": place,
                "number_digest": f"k1:{place:024x}",
                "check_digest": references.check_digest(key, reference, "0001"),
                "provider_reference": f"rb-{place:020x}",
                "state": "accepted",
                "attempt": 1,
                "claimed_at": now,
                "accepted_at": now,
            }
            for place, reference in enumerate(sent, 1)
        ]
        connection.execute(insert(alerts), rows)
    return case_file, sent


def time_answers(case_file, sent, *, questions, clock, randomly):
    """Seconds of every answer, by kind; the order is random, and no reference or source comes twice."""
    ring = case_file.keys()
    kinds = [kind for kind in KINDS for _question in range(questions)]
    randomly.shuffle(kinds)
    # Made before anything is timed: work for one kind alone, just before its question, would show in its time.
    drawn = [
        (kind, references.new_reference(), sent.pop(), f"{type(clock).__name__} {at}") for at, kind in enumerate(kinds)
    ]
    times = {kind: [] for kind in KINDS}
    for kind, unknown, known, source in drawn:
        reference = unknown if kind == "miss" else known
        digits = "0002" if kind == "near miss" else "0001"
        began = time.perf_counter()
        answer = alert_check.check_alert(
            case_file,
            ring,
            reference_text=reference,
            last_four=digits,
            source=source,
            clock=clock,
        )
        times[kind].append(time.perf_counter() - began)
        if (answer.kind == alert_check.GENUINE) != (kind == "hit") or answer.waited_s:
            raise SystemExit(f"a {kind} was answered {answer.kind} after waiting {answer.waited_s} s")
    return {kind: np.array(found) for kind, found in times.items()}


def compare(one, two):
    """The Kolmogorov-Smirnov distance of two samples, and the Mann-Whitney test of them."""
    both = np.concatenate([one, two])
    first = np.searchsorted(np.sort(one), both, side="right") / len(one)
    second = np.searchsorted(np.sort(two), both, side="right") / len(two)
    distance = float(np.abs(first - second).max())
    critical = _KS_1_PERCENT * math.sqrt((len(one) + len(two)) / (len(one) * len(two)))
    # Times are floating-point seconds: ties do not come.
    ranks = both.argsort().argsort()[: len(one)] + 1
    u = float(ranks.sum()) - len(one) * (len(one) + 1) / 2
    spread = math.sqrt(len(one) * len(two) * (len(one) + len(two) + 1) / 12)
    z = (u - len(one) * len(two) / 2) / spread
    return {
        "ks_distance": round(distance, 4),
        "ks_critical_1_percent": round(critical, 4),
        "chance_longer": round(u / (len(one) * len(two)), 4),
        "z": round(z, 2),
        "p": round(math.erfc(abs(z) / math.sqrt(2)), 4),
    }


def summarise(times):
    """Medians, percentiles in milliseconds, and every two kinds compared."""
    shares = (5, 25, 50, 75, 95, 99)
    kinds = {
        kind: {f"p{share}": round(float(np.percentile(found, share)) * 1000, 3) for share in shares}
        for kind, found in times.items()
    }
    compared = {f"{one} / {two}": compare(times[one], times[two]) for one, two in combinations(KINDS, 2)}
    return {"milliseconds": kinds, "compared": compared}


def print_summary(title, found):
    print(f"\n{title}\n{'':10} {'p5':>9} {'median':>9} {'p95':>9} {'p99':>9}  ms")
    for kind, shares in found["milliseconds"].items():
        print(f"{kind:10} " + " ".join(f"{shares[name]:9.2f}" for name in ("p5", "p50", "p95", "p99")))
    for pair, test in found["compared"].items():
        print(
            f"{pair:18} KS {test['ks_distance']:.3f} (1%: {test['ks_critical_1_percent']:.3f})"
            f"  longer {test['chance_longer']:.3f}  z {test['z']:+.2f}  p {test['p']:.3f}"
        )


def print_slowing():
    """How long 10,000 guesses take, and a recipient's waits at worst, under the product's rules and under others."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
    from check_attacks import fewest_days, recipient_waits

    def one_lane(seconds):
        lane = Lane("quick", gap=timedelta(seconds=seconds), longest=timedelta(days=3650))
        return Rules(quick_answers=10**9, quick=lane)

    designs = {"one lane, 5 s": one_lane(5), "one lane, 60 s": one_lane(60), "one lane, 260 s": one_lane(260)}
    print(f"{'':16} {'sources':>8} {'10,000 guesses':>16} {'1st answer':>12} {'4th answer':>12} {'5th answer':>12}")
    for name, rules in (designs | {"two lanes": RULES}).items():
        for sources in (1, 10, 100, 1000, 10_000):
            waits = recipient_waits(sources, mistakes=4, rules=rules)
            words = [alert_check.in_words(waits[place] / timedelta(seconds=1)) for place in (0, 3, 4)]
            days = fewest_days(sources, rules=rules)
            print(f"{name:16} {sources:8,} {days:11.2f} days " + " ".join(f"{one:>12}" for one in words))


def main():
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--questions", type=int, default=400)
    asked.add_argument("--alerts", type=int, default=20_000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--slowing", action="store_true")
    chosen = asked.parse_args()
    if chosen.slowing:
        print_slowing()
        return
    found = {
        "ringback": ringback.__version__,
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "questions_of_each_kind": chosen.questions,
        "alerts": chosen.alerts,
        "seed": chosen.seed,
        "answer_after_s": alert_check.ANSWER_AFTER_S,
        "slowing": {name: str(value) for name, value in asdict(RULES).items() if not isinstance(value, dict)},
    }
    randomly = random.Random(chosen.seed)
    with tempfile.TemporaryDirectory(prefix="ringback-timing-") as folder:
        case_file, sent = make_case(Path(folder), max(chosen.alerts, 7 * chosen.questions + 60))
        randomly.shuffle(sent)
        time_answers(case_file, sent, questions=20, clock=WithoutPadding(), randomly=randomly)
        for name, clock in (("without_padding", WithoutPadding()), ("as_answered", SystemClock())):
            times = time_answers(case_file, sent, questions=chosen.questions, clock=clock, randomly=randomly)
            found[name] = summarise(times)
            print_summary(name.replace("_", " "), found[name])
        case_file.records.dispose()
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "check_timing.json").write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
