"""A lane of the soak: one provider, and run after run against it."""

import json
from contextlib import contextmanager
from pathlib import Path

from fast_clock import FastClock
from notify_standin.process import StandinProcess
from soak.rollbacks import run_rollback
from soak.runs import FACTOR, run_once


@contextmanager
def a_provider(clock: FastClock, template_body: str):
    """A stand-in in a process of its own, with this clock."""
    words = ["--factor", str(clock.factor), "--base", clock.base.isoformat(), "--started", repr(clock.started)]
    with StandinProcess(*words, "--options", json.dumps({"template_body": template_body})) as standin:
        yield standin


def run_lane(seeds, *, folder: Path, template_body: str, postgres=None, write, factor=FACTOR):
    """Do the runs of these seeds; each account is written as a line of JSON.

    Args:
        seeds: (seed, kind, backend) of each run; backend is sqlite or postgres.
        folder: Where cases are made.
        template_body: The provider's template.
        postgres: A server, where runs are to use it.
        write: Called with each line.
        factor: Seconds of the clock in a second of the machine.
    """
    clock = FastClock(factor)
    with a_provider(clock, template_body) as standin:
        for seed, kind, backend in seeds:
            url = postgres.new_database() if backend == "postgres" else ""
            place = folder / f"run-{seed}"
            account = run_once(seed, standin=standin, clock=clock, folder=place, records_url=url, kind=kind)
            if postgres and url:
                postgres.drop_database(url)
            write(json.dumps(vars(account) | {"backend": backend}, default=str))


def roll_back_lane(planned, *, folder: Path, template_body: str, postgres=None, write, factor=FACTOR):
    """Do the rollbacks of these seeds; each account is written as a line of JSON.

    Args:
        planned: (seed, kind, fate of the mark) of each.
        folder: Where cases are made.
        template_body: The provider's template.
        postgres: A server, for standbys.
        write: Called with each line.
        factor: Seconds of the clock in a second of the machine.
    """
    clock = FastClock(factor)
    with a_provider(clock, template_body) as standin:
        for seed, kind, mark in planned:
            place = folder / f"rollback-{seed}"
            account = run_rollback(seed, kind, mark, standin=standin, clock=clock, folder=place, postgres=postgres)
            write(json.dumps(vars(account), default=str))
