"""The stand-in as a process: prints one line of JSON once it listens, and goes when told to or when its pipe ends."""

import argparse
import json
import os
import signal
import stat
import sys
import threading
from datetime import datetime
from pathlib import Path
from types import FrameType

from fast_clock import FastClock
from notify_standin.standin import NotifyStandin
from ringback.clock import Clock, SystemClock


def _read_limit(text: str) -> int | None:
    return None if text == "none" else int(text)


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m notify_standin", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port of the API on 127.0.0.1; 0 for any")
    parser.add_argument("--state", type=Path, help="file for its keys and every accepted notification, as JSON lines")
    parser.add_argument("--factor", type=float, default=1.0, help="seconds of its clock in a second of the machine")
    parser.add_argument("--base", type=datetime.fromisoformat, help="its time at the moment --started, with a zone")
    parser.add_argument("--started", type=float, help="seconds since 1970 of the machine at the moment --base")
    parser.add_argument("--rate-limit", type=_read_limit, default=3000, help="requests a minute and key type, or none")
    parser.add_argument("--daily-limit", type=int, default=250_000, help="texts a UTC day")
    parser.add_argument("--seed", type=int, help="makes keys and faults repeatable")
    parser.add_argument("--options", type=json.loads, default={}, help="further fields of Options, as JSON")
    parser.add_argument("--post-faults", type=json.loads, default={}, help="kind -> share of POSTs, as JSON")
    parser.add_argument("--get-faults", type=json.loads, default={}, help="kind -> share of GETs, as JSON")
    parser.add_argument("--fault-settings", type=json.loads, default={}, help="stall_s, late_commit_s, ..., as JSON")
    parser.add_argument("--outages", type=json.loads, default=[], help="outages one after another, as a list in JSON")
    parser.add_argument("--callbacks", type=json.loads, default={}, help="url, token, duplicate_share, ..., as JSON")
    return parser.parse_args()


def _make_clock(arguments: argparse.Namespace) -> Clock:
    if arguments.factor == 1.0 and arguments.base is None:
        return SystemClock()
    return FastClock(arguments.factor, base=arguments.base, started=arguments.started)


def _wait_for_the_end() -> None:
    ended = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        ended.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)

    def read_input() -> None:
        # Whoever started it holds the other end: it ends with that process, however that one ends.
        sys.stdin.read()
        ended.set()

    if stat.S_ISFIFO(os.fstat(0).st_mode):
        threading.Thread(target=read_input, daemon=True).start()
    ended.wait()


def main() -> None:
    """Run until told to end."""
    arguments = _read_arguments()
    options = {
        "rate_limit": arguments.rate_limit,
        "daily_limit": arguments.daily_limit,
        "seed": arguments.seed,
        **arguments.options,
    }
    with NotifyStandin(_make_clock(arguments), port=arguments.port, state=arguments.state, **options) as standin:
        standin.set_faults(post=arguments.post_faults, get=arguments.get_faults, **arguments.fault_settings)
        standin.set_callbacks(**arguments.callbacks)
        standin.do("outage", outages=arguments.outages)
        print(json.dumps({**standin.about, "control_url": standin.control_url}), flush=True)  # noqa: T201
        _wait_for_the_end()


if __name__ == "__main__":
    main()
