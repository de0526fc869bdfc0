"""The compiled number plan measured; writes benchmarks/results/plan.json.

    .venv/bin/python benchmarks/plan.py

compile     the whole metadata, in a process that has read none of it
load        out of the cache
look_up     a million numbers at a time: 40% with American area codes, 35% British of all sorts, the rest examples of
            every kind and country with other endings; and random digits
search      the same by one plain binary search through all intervals
automaton   the same digits walked one by one through a table of states, which is the other way of doing it
peer        phonenumbers' own public functions, one number at a time

CPU seconds of this process, the best of several rounds: the machine may have other things to do.
"""

import json
import platform
import random
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import phonenumbers

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from plan_fuzz import by_phonenumbers, examples, some_digits  # noqa: E402
from ringback.numbers.plan import LONGEST, NO_NUMBER, UNSURE  # noqa: E402
from ringback.numbers.plan.cache import load_plan, save_plan  # noqa: E402
from ringback.numbers.plan.compiler import compile_plan  # noqa: E402
from ringback.numbers.plan.lookup_kernels import look_up  # noqa: E402

RESULTS = ROOT / "benchmarks" / "results" / "plan.json"
NUMBERS = 1_000_000
ROUNDS = 5
STATES = 27_000


def main():
    started = time.process_time()
    plan = compile_plan()
    compile_s = time.process_time() - started
    with tempfile.TemporaryDirectory() as folder:
        save_plan(plan, Path(folder))
        load_s = best(lambda: load_plan(Path(folder)))
    rng = random.Random(1)
    batches = {"realistic": realistic(rng), "random_digits": [some_digits_without_zero(rng) for _ in range(NUMBERS)]}
    figures = {
        "machine": {"cpu": platform.processor() or platform.machine(), "python": platform.python_version()},
        "phonenumbers": phonenumbers.__version__,
        "calling_codes": len(phonenumbers.COUNTRY_CODE_TO_REGION_CODE),
        "intervals": len(plan),
        "outcomes": len(plan.outcomes),
        "compile_cpu_s": round(compile_s, 2),
        "load_cpu_s": round(load_s, 4),
    }
    for name, batch in batches.items():
        figures[name] = measure(plan, batch)
    sample = batches["realistic"][:5_000]
    figures["peer_a_second"] = round(len(sample) / best(lambda: [by_phonenumbers(digits) for digits in sample], 1))
    RESULTS.write_text(json.dumps(figures, indent=1) + "\n")
    print(json.dumps(figures, indent=1))


def measure(plan, batch):
    numbers = np.array([int(digits) for digits in batch])
    lengths = np.array([len(digits) for digits in batch], np.int8)
    codes = look_up(plan, numbers, lengths)
    states = np.random.default_rng(1).integers(0, STATES, (STATES, 10), np.int16)
    return {
        "look_ups_a_second": round(len(batch) / best(lambda: look_up(plan, numbers, lengths))),
        "searches_a_second": round(len(batch) / best(lambda: np.searchsorted(plan.starts, numbers, side="right"))),
        "automaton_a_second": round(len(batch) / best(lambda: walk(states, numbers, lengths))),
        "valid": round(float((codes >= 0).mean()), 4),
        "no_number": round(float((codes == NO_NUMBER).mean()), 4),
        "unsure": round(float((codes == UNSURE).mean()), 6),
    }


def walk(states, numbers, lengths):
    """Each number through a table of states, its first digit first."""
    powers = np.array([10**exponent for exponent in range(LONGEST)])
    at = np.zeros(len(numbers), np.int16)
    for place in range(int(lengths.max())):
        left = np.maximum(lengths - 1 - place, 0)
        digit = numbers // powers[left] % 10
        at = np.where(lengths > place, states[at, digit], at)
    return at


def realistic(rng):
    abroad = [code + national for code, national in examples() if code not in {"1", "44"}]
    batch = []
    for _ in range(NUMBERS):
        share = rng.random()
        if share < 0.4:
            batch.append(f"1{rng.choice('23456789')}{some_digits(rng, 2)}{rng.choice('23456789')}{some_digits(rng, 6)}")
        elif share < 0.6:
            batch.append("447" + some_digits(rng, 9))
        elif share < 0.75:
            batch.append("44" + rng.choice("1238") + some_digits(rng, 9))
        else:
            example = rng.choice(abroad)
            batch.append(example[:-4] + some_digits(rng, 4))
    return batch


def some_digits_without_zero(rng):
    return rng.choice("123456789") + some_digits(rng, rng.randint(6, 14))


def best(work, rounds=ROUNDS):
    """CPU seconds of the fastest of several rounds."""
    spent = []
    for _ in range(rounds):
        started = time.process_time()
        work()
        spent.append(time.process_time() - started)
    return min(spent)


if __name__ == "__main__":
    main()
