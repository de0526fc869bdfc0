"""Sending measured: the rate against a provider at its limits, and the sender's own cost beside a plain loop.

    .venv/bin/python benchmarks/sending.py                  # both; about six minutes
    .venv/bin/python benchmarks/sending.py --alerts 7000    # shorter

Everything runs on this machine: the provider is the stand-in of the tests, in a process of its own on 127.0.0.1.
Time runs `--factor` times as fast for the first measurement (limits, waits and time-outs alike), so that 70,000 alerts
at 49 a second, 24 minutes, fit into a benchmark; the arithmetic is exact. The second runs in plain time.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from notifications_python_client.notifications import NotificationsAPIClient  # noqa: E402

from alerting.sending_case import (  # noqa: E402
    add_approved_batch,
    made_up_numbers,
    make_sending_case,
    notify_facts,
    provider_template,
)
from fast_clock import FastClock  # noqa: E402
from notify_standin.process import StandinProcess  # noqa: E402
from ringback.alerting.delivery.sender_loop import send_batch  # noqa: E402
from ringback.alerting.delivery.timings import Timings  # noqa: E402
from ringback.alerting.senders.notify import Notify  # noqa: E402

RESULTS = ROOT / "benchmarks" / "results" / "sending.json"
BUCKET_PER_SECOND = 50.0
FASTEST = 100_000.0


def a_provider(clock, *, limited):
    words = ["--factor", str(clock.factor), "--base", clock.base.isoformat(), "--started", repr(clock.started)]
    limits = [] if limited else ["--rate-limit", "none"]
    return StandinProcess(*words, *limits, "--options", json.dumps({"template_body": provider_template()}))


def send(standin, clock, count, per_second, timings=None):
    """Send `count` alerts; returns how it ended, with the machine's CPU and wall seconds."""
    with tempfile.TemporaryDirectory() as folder:
        keys = Path(folder) / "keys"
        keys.mkdir(mode=0o700)
        case_file = make_sending_case(Path(folder) / "case", keys, clock=clock)
        facts = notify_facts(standin, case_file)
        add_approved_batch(case_file, made_up_numbers(count), sender=facts, per_second=per_second)
        sender = Notify(standin.api_key, facts=facts, clock=clock)
        cpu, wall = time.process_time(), time.perf_counter()
        sent = send_batch(case_file, "B-001", member="alice", sender=sender, timings=timings)
        spent = time.process_time() - cpu, time.perf_counter() - wall
        case_file.records.dispose()
        return sent, *spent


def at_the_limit(count, factor):
    """The rate and the share of denied requests against the provider's token bucket."""
    clock = FastClock(factor)
    with a_provider(clock, limited=True) as standin:
        sent, _cpu, wall = send(standin, clock, count, 49.0)
        ledger, counts = standin.ledger(), standin.counts()
    # The first text goes alone; the rate is that of those that follow.
    first, last = (datetime.fromisoformat(ledger[place]["accepted_at"]) for place in (1, -1))
    seconds = (last - first).total_seconds()
    rate = (len(ledger) - 2) / seconds
    denied = counts.get("error_RateLimitError", 0)
    return {
        "alerts": count,
        "factor": factor,
        "end": sent.end,
        "accepted": sent.counts.get("accepted", 0),
        "distinct_references": len({one["reference"] for one in ledger}),
        "seconds_of_the_clock": round(seconds, 1),
        "rate_per_second": round(rate, 3),
        "bucket_per_second": BUCKET_PER_SECOND,
        "share_of_the_bucket": round(rate / BUCKET_PER_SECOND, 4),
        "requests": counts["posts"],
        "denied": denied,
        "share_denied": round(denied / counts["posts"], 6),
        "machine_seconds": round(wall, 1),
    }


def own_cost(count):
    """The sender's CPU and wall per alert against an unlimited provider, and a plain loop's beside it."""
    clock = FastClock(1.0)
    with a_provider(clock, limited=False) as standin:
        # Without the wait for the first text, which is spent asleep.
        sent, cpu, wall = send(standin, clock, count, FASTEST, timings=Timings(alone_s=0.1))
        assert sent.counts == {"accepted": count}
        client = NotificationsAPIClient(standin.api_key, base_url=standin.url)
        client.request_session.trust_env = False
        loop_cpu, loop_wall = time.process_time(), time.perf_counter()
        for place, number in enumerate(made_up_numbers(count, seed=2)):
            client.send_sms_notification(number, standin.template_id, {"reference": "BCDF"}, reference=str(place))
        loop_cpu, loop_wall = time.process_time() - loop_cpu, time.perf_counter() - loop_wall
    return {
        "alerts": count,
        "sender_cpu_ms": round(1000 * cpu / count, 3),
        "sender_wall_ms": round(1000 * wall / count, 3),
        "sender_per_second": round(count / wall, 1),
        "loop_cpu_ms": round(1000 * loop_cpu / count, 3),
        "loop_wall_ms": round(1000 * loop_wall / count, 3),
        "loop_per_second": round(count / loop_wall, 1),
        "cpu_ratio": round(cpu / loop_cpu, 3),
        "wall_ratio": round(wall / loop_wall, 3),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--alerts", type=int, default=70_000, help="alerts against the provider's limits")
    parser.add_argument("--factor", type=float, default=5.0, help="seconds of the clock in a second")
    parser.add_argument("--cost-alerts", type=int, default=3_000, help="alerts for the sender's own cost")
    chosen = parser.parse_args()
    about = {"python": platform.python_version(), "cores": os.cpu_count()}
    measured = about | {"own_cost": own_cost(chosen.cost_alerts), "limit": at_the_limit(chosen.alerts, chosen.factor)}
    RESULTS.write_text(json.dumps(measured, indent=1) + "\n")
    print(json.dumps(measured, indent=1))


if __name__ == "__main__":
    main()
