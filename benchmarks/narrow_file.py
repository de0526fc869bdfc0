"""Makes a narrow file of calls: six columns, numbers written in fourteen ways, nearly all of them different.

A generator of its own, which shares nothing with `ringback.synthetic` or with the code that reads numbers: accounts
call by Zipf's law, one call in ten that is answered lasts over a minute, numbers are drawn from whole countries without
asking whether they are in use, and each row writes its two numbers in ways of their own. Some columns of this kind are
one way from end to end, others a third junk: `--mix` gives them. Bulk numbers drawn here may be somebody's: the file is
for a temporary folder, and is shown to nobody.

Beside `calls.csv` stand the small tables of a case: `accounts.csv`, `subjects.csv`, `site_numbers.csv`.

Usage: python benchmarks/narrow_file.py FOLDER [--rows 1000000] [--seed 1] [--mix even|junk|long|WAY]
"""

import argparse
import csv
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

FIRST_DAY, LAST_DAY = "2021-01-01", "2022-06-30"
HEADER = ("account", "started_at", "presentation_number", "called_number", "duration_s", "disposition")
BATCH = 100_000
JUNK_SHARE, MUCH_JUNK = 0.01, 0.3
# The share of rows whose numbers were dialled before.
REPEATED = 0.1
# Seconds that a call lasts on average: of so many one in ten lasts over a minute; of the long ones every other.
TALKED_S, LONG_TALKED_S = 26, 90
ACCOUNTS_PER_ROWS, FEWEST_ACCOUNTS, ZIPF = 2000, 40, 1.1
# Calling code, beginnings of national numbers, digits of the national number, share.
COUNTRIES = (
    ("44", ("74", "75", "77", "78", "79"), 10, 0.40),
    ("44", ("20 7", "20 8", "121", "161", "1273", "1632", "113", "1865"), 10, 0.15),
    ("1", ("212", "310", "415", "617", "404", "602", "416", "702"), 10, 0.20),
    ("49", ("30", "89", "151", "176"), 10, 0.05),
    ("33", ("1", "6", "7"), 9, 0.05),
    ("39", ("02", "06", "33", "34"), 10, 0.05),
    ("353", ("85", "87", "1"), 9, 0.03),
    ("91", ("98", "70", "22"), 10, 0.04),
    ("234", ("803", "706"), 10, 0.03),
)
HOSTS = ("pbx.example", "192.0.2.7", "sip.example:5060", "gw.example;user=phone")
WORDS = (
    "anonymous", "Anonymous", "restricted", "unknown", "private number", "withheld", "no caller id", "n/a", "NULL",
    "-", "", "test", "office", "s", "h", "voicemail",
)  # fmt: skip

Number = tuple[str, str]  # calling code and national number


def spaced(number: Number, _rng: random.Random) -> str:
    return "+" + " ".join((number[0], *_parted(number[1])))


def plus(number: Number, _rng: random.Random) -> str:
    return "+" + "".join(number)


def zeros(number: Number, _rng: random.Random) -> str:
    return "00" + "".join(number)


def bare(number: Number, _rng: random.Random) -> str:
    return "".join(number)


def trunk(number: Number, _rng: random.Random) -> str:
    return "0" + number[1]


def trunk_spaced(number: Number, _rng: random.Random) -> str:
    return " ".join(_parted("0" + number[1]))


def area_in_brackets(number: Number, _rng: random.Random) -> str:
    code, national = number
    return f"+{code} ({national[:3]}) {national[3:]}"


def dashed(number: Number, _rng: random.Random) -> str:
    national = "0" + number[1]
    return f"{national[:-6]}-{national[-6:-3]}-{national[-3:]}"


def sip(number: Number, rng: random.Random) -> str:
    return f"sip:+{''.join(number)}@{rng.choice(HOSTS)}"


def blanks(number: Number, rng: random.Random) -> str:
    inner = rng.choice((spaced, plus, zeros, bare))(number, rng)
    return rng.choice((" {}", "  {} ", "{}  ", "\t{}", "{}\u00a0")).format(inner)


def zero_in_brackets(number: Number, rng: random.Random) -> str:
    code, national = number
    return rng.choice(("+{}(0){}", "+{} (0){}", "+{}0{}", "+{} (0) {}")).format(code, national)


def extension(number: Number, rng: random.Random) -> str:
    inner = rng.choice((plus, spaced))(number, rng)
    return inner + rng.choice((" ext. {}", " ext {}", " x{}")).format(rng.randrange(10, 9999))


def dialled_011(number: Number, _rng: random.Random) -> str:
    return "011" + "".join(number)


def junk(number: Number, rng: random.Random) -> str:
    """Words, short codes, cards, numbers with letters in them, halves of numbers: what gets into such a column."""
    digits = "".join(number)
    kind = rng.randrange(8)
    if kind < 3:
        return rng.choice(WORDS)
    if kind == 3:
        return digits[: rng.randint(1, 8)]
    if kind == 4:
        return digits + f"{rng.randrange(10**7):07}"
    if kind == 5:
        return f"{rng.getrandbits(40):x}"
    if kind == 6:
        return f"{float(digits):.5E}"
    return rng.choice(("call {} back", "{}?", "{}@pbx.example", "+{}+", "1-800-{}A", "agent{}")).format(digits[-7:])


def _parted(national: str) -> Sequence[str]:
    return national[:-8], national[-8:-4], national[-4:]


EVERYWHERE = tuple(range(len(COUNTRIES)))
BRITISH, AMERICAN = (0, 1), (2,)
NOT_AMERICAN = tuple(at for at in EVERYWHERE if at not in AMERICAN)
WITH_ZERO = (0, 0, 0, 1, 1, 3, 4, 6)
Write = Callable[[Number, random.Random], str]
# The fourteen ways, each with the places in COUNTRIES of the numbers that are written so.
WAYS: dict[str, tuple[Write, tuple[int, ...]]] = {
    "spaced": (spaced, EVERYWHERE),
    "plus": (plus, EVERYWHERE),
    "zeros": (zeros, EVERYWHERE),
    "bare": (bare, EVERYWHERE),
    "trunk": (trunk, BRITISH),
    "trunk_spaced": (trunk_spaced, BRITISH),
    "area_in_brackets": (area_in_brackets, AMERICAN),
    "dashed": (dashed, BRITISH),
    "sip": (sip, EVERYWHERE),
    "blanks": (blanks, EVERYWHERE),
    "zero_in_brackets": (zero_in_brackets, WITH_ZERO),
    "extension": (extension, EVERYWHERE),
    "dialled_011": (dialled_011, NOT_AMERICAN),
    "junk": (junk, EVERYWHERE),
}
# All ways alike; with much junk; with long calls; or all but the usual junk in one way.
MIXES = ("even", "junk", "long", *WAYS)


def shares_of(mix: str) -> list[float]:
    """The share of each of WAYS."""
    junk_share = MUCH_JUNK if mix == "junk" else JUNK_SHARE
    written = [mix] if mix in WAYS and mix != "junk" else [way for way in WAYS if way != "junk"]
    return [junk_share if way == "junk" else (1 - junk_share) / len(written) * (way in written) for way in WAYS]


def draw_numbers(rng: random.Random, countries: Sequence[int], count: int) -> list[Number]:
    weights = [COUNTRIES[at][3] for at in countries]
    numbers = []
    for at in rng.choices(countries, weights, k=count):
        code, beginnings, length, _share = COUNTRIES[at]
        beginning = rng.choice(beginnings).replace(" ", "")
        left = length - len(beginning)
        numbers.append((code, f"{beginning}{rng.randrange(10**left):0{left}}"))
    return numbers


def write_column(rng: random.Random, count: int, shares: Sequence[float]) -> list[str]:
    """A column of numbers, each written in a way of its own, a few of them again in the same way."""
    ways = rng.choices(list(WAYS), shares, k=count)
    texts = [""] * count
    for way, (write, countries) in WAYS.items():
        at = [place for place, chosen in enumerate(ways) if chosen == way]
        for place, number in zip(at, draw_numbers(rng, countries, len(at)), strict=True):
            texts[place] = write(number, rng)
    for place in rng.sample(range(count), int(count * REPEATED)):
        texts[place] = texts[rng.randrange(count)]
    return texts


def write_calls(path: Path, *, rows: int, seed: int, mix: str, accounts: Sequence[str]) -> None:
    rng, chance = random.Random(seed), np.random.default_rng(seed)
    shares, average = shares_of(mix), LONG_TALKED_S if mix == "long" else TALKED_S
    weights = 1.0 / np.arange(1, len(accounts) + 1) ** ZIPF
    first = np.datetime64(FIRST_DAY, "s")
    life_s = int((np.datetime64(LAST_DAY, "s") - first).astype(int))
    starts = first + np.sort(chance.integers(0, life_s, rows))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        for begin in range(0, rows, BATCH):
            count = min(BATCH, rows - begin)
            callers = chance.choice(len(accounts), count, p=weights / weights.sum())
            answered = chance.random(count) < 0.7
            talked = np.where(answered, chance.exponential(average, count).astype(int) + 1, 0)
            writer.writerows(
                zip(
                    [accounts[at] for at in callers],
                    np.datetime_as_string(starts[begin : begin + count]).tolist(),
                    write_column(rng, count, shares),
                    write_column(rng, count, shares),
                    talked.tolist(),
                    ["ANSWERED" if one else "NO ANSWER" for one in answered.tolist()],
                    strict=True,
                )
            )


def write_side(folder: Path, rng: random.Random, accounts: Sequence[str]) -> None:
    """The small tables: who holds each account, who of them is identified, and the site's own numbers."""
    own = [plus(number, rng) for number in draw_numbers(rng, BRITISH[:1], 2 * len(accounts) + 5)]

    def save(name: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        with (folder / name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows([header, *rows])

    save(
        "accounts.csv",
        ("account", "created_at", "display_name", "contact_number"),
        [(account, f"{FIRST_DAY} 00:00:00", "", own[at]) for at, account in enumerate(accounts)],
    )
    save(
        "subjects.csv",
        ("account", "subject", "status", "area", "contact_number"),
        [
            (account, f"S-{at:05}", "identified" if at % 3 else "unidentified", "", own[len(accounts) + at])
            for at, account in enumerate(accounts)
            if at % 2 == 0
        ],
    )
    save("site_numbers.csv", ("number", "use"), [(text, "test line") for text in own[-5:]])


def make(folder: Path, *, rows: int, seed: int, mix: str) -> None:
    """Write the four files into a new folder."""
    folder.mkdir(parents=True)
    count = max(FEWEST_ACCOUNTS, rows // ACCOUNTS_PER_ROWS)
    accounts = [f"u{at:05}" for at in random.Random(seed).sample(range(10**5), count)]
    write_calls(folder / "calls.csv", rows=rows, seed=seed, mix=mix, accounts=accounts)
    write_side(folder, random.Random(seed + 1), accounts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mix", default="even", choices=MIXES)
    chosen = parser.parse_args()
    make(chosen.folder, rows=chosen.rows, seed=chosen.seed, mix=chosen.mix)


if __name__ == "__main__":
    main()
