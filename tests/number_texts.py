"""Number texts made up from a seed: fourteen ways of writing, what stands around them, and what goes wrong with them.

    PYTHONPATH=tests .venv/bin/python -m number_texts --texts 1000000 --seed 7

reads that many by the compiled loop and by the careful reader, and counts the texts in which they differ; and as many
clean ones by the loop and by phonenumbers itself. Numbers may be somebody's: they are shown in full only by `--show`.
"""

import argparse
import random
import re
import sys
import time
from collections import Counter

import pyarrow as pa

from plan_fuzz import CODES, by_phonenumbers, examples, make_string, some_digits
from ringback.numbers.column_reader import ColumnReader
from ringback.numbers.dial_plan import DialPlan
from ringback.numbers.masking import mask_number
from ringback.numbers.plan import number_plan
from ringback.numbers.reader import NumberReader

BATCH = 20_000
PLANS = (
    DialPlan(),
    DialPlan(("US",)),
    DialPlan(("US", "GB"), bare_international=False),
    DialPlan(("GB", "IE"), allow_drama=False),
    DialPlan(("IT", "DE")),
    DialPlan(("AU", "ES"), bare_international=False),
    DialPlan(("JP", "KR")),
)


def spaced(rng, code, national):
    at = rng.randint(1, max(len(national) - 1, 1))
    return f"+{code} {national[:at]} {national[at : at + 4]} {national[at + 4 :]}"


def plus(_rng, code, national):
    return f"+{code}{national}"


def zeros(_rng, code, national):
    return f"00{code}{national}"


def bare(_rng, code, national):
    return f"{code}{national}"


def trunk(_rng, _code, national):
    return f"0{national}"


def trunk_spaced(_rng, _code, national):
    return f"0{national[:2]} {national[2:6]} {national[6:]}"


def area_in_brackets(_rng, code, national):
    return f"+{code} ({national[:3]}) {national[3:]}"


def dashed(_rng, _code, national):
    return f"0{national[:-6]}-{national[-6:-3]}-{national[-3:]}"


def sip(_rng, code, national):
    return f"sip:+{code}{national}@pbx.example"


def blanks(_rng, code, national):
    return f"  +{code}{national} "


def zero_in_brackets(rng, code, national):
    return rng.choice(("+{}(0){}", "+{} (0) {}", "+{}0{}", "00{}(0){}", "{}(0){}", "(+{}) [0]{}")).format(
        code, national
    )


def extension(rng, code, national):
    return f"+{code}{national}" + rng.choice((" ext. 12", " ext 12", "x12", ";ext=1234567", " #9"))


def dialled_011(_rng, code, national):
    return f"011{code}{national}"


def junk(rng, code, national):
    return rng.choice(
        (
            "anonymous", "Number Withheld", "no caller id", "NULL", "n/a", "", " ", "-", "(", "+", "4E+11",
            f"{code}{national[:3]}E+11", f"{code}.{national}E+{rng.randint(0, 20)}", f"call {national}", f"{national}?",
            f"{code}+{national}", f"*123#{national}", f"{national}@h", f"+{code}{national}@h", f"sip:{national}.1",
            national * 2, national * 3, f"+{code}{national}{national}", f"00{code}{national}{national}",
        )
    )  # fmt: skip


WAYS = (
    spaced, plus, zeros, bare, trunk, trunk_spaced, area_in_brackets, dashed, sip, blanks, zero_in_brackets, extension,
    dialled_011, junk,
)  # fmt: skip
AROUND = (
    "{}", "{}", "{}", " {}", "{} ", "\t{}\n", "\u00a0{}", "\ufeff{}", "{}.0", "{}.00", "{},0", "{}.5", "={}", "'{}",
    '"{}"', "<{}>", '"A Name, Ltd <x>" <{}>', "sip:{}", "sip:{}@192.0.2.1:5060", "SIPS:{}@h;user=phone", "sip://{}@h",
    "sip:{}:pw@h?subject=1", "sip:{};phone-context=+44@h", "sip:%2B{}@h", "sip:a.b{}", "tel:{}", "TEL:{};ext=7",
    "tel:{};phone-context=+1", "*67{}", "#31#{}", "*31#*82 {}", "{} ext 5", "{}x5", "{};ext=123",
    "{} extension.12345678", "({})", "141{}", "1470{}", "{}E+11", "Ann {}", "{}\x00", "{}\u2013", "\u2011{}",
    "\u0660{}",
)  # fmt: skip
STRANGE = " -/.()[]+0123456789,;:=@<>*#'\"exttelsip%?\t\u00a0\u200b\u2013\uff10\uff0b\uff0e\u00b7\u0661\u00e9\x1f\x7f"


def make_text(rng, plan):
    """A number in one of the ways, perhaps wrapped, perhaps with something wrong in it."""
    text = rng.choice(WAYS)(rng, *_number(rng, plan))
    if rng.random() < 0.4:
        text = rng.choice(AROUND).format(text)
    while rng.random() < 0.35:
        at = rng.randint(0, len(text))
        kind = rng.random()
        if kind < 0.6:
            text = text[:at] + rng.choice(STRANGE) + text[at:]
        elif kind < 0.8:
            text = text[:at] + text[at + 1 :]
        else:
            text = text[:at] + rng.choice(STRANGE) * rng.randint(1, 9) + text[at + 1 :]
    if rng.random() < 0.03:
        text = "".join(chr(ord(mark) + 0xFEE0) if mark in "+0123456789()" else mark for mark in text)
    return text


def _number(rng, plan):
    """A calling code, and a national number of it, or nearly one."""
    chance = rng.random()
    if chance < 0.2:
        return "44", rng.choice(("7700900", "2079460", "1214960", "1632960")) + some_digits(rng, 3)
    if chance < 0.4:
        return rng.choice((("44", "7"), ("44", "20"), ("1", "212"), ("1", "410"), ("44", "0")))[0], some_digits(rng, 10)
    if chance < 0.7:
        return rng.choice(examples())
    if chance < 0.75:
        return str(rng.choice(CODES)), some_digits(rng, rng.randint(0, 18))
    digits = make_string(rng, plan)
    code = rng.randint(1, 3)
    return digits[:code], digits[code:]


def compare(texts, columns, each, counts=None):
    """The texts that the loop reads otherwise than the careful reader; counts the texts that it left open.

    Compared are number, kind, region, how, whether ambiguous, reason, and every other number that may be meant.
    """
    before = columns.asked
    found = columns.read(pa.array(texts, pa.string()))
    if counts is not None:
        counts["texts"] += len(set(texts))
        counts["open"] += columns.asked - before
    options = {}
    for row in found.options.to_pylist():
        raw, rank, *rest = row.values()
        options.setdefault(raw, {})[rank] = tuple(rest)
    e164 = [None if number is None else f"+{number}" for number in found.e164.to_pylist()]
    parts = [column.to_pylist() for column in (found.kind, found.region, found.how, found.ambiguous, found.reason)]
    differing = []
    for text, *row in zip(texts, e164, *parts, strict=True):
        one = each.read(text)
        alone = [one.e164, one.kind, one.region, one.how, one.ambiguous, one.reason]
        listed = {
            rank: (option.e164, option.kind, option.region, option.how) for rank, option in enumerate(one.options, 1)
        }
        if row != alone or (one.ambiguous and options.get(text) != listed):
            differing.append(text)
    return differing


def fuzz(texts, seed, *, counts=None, plans=PLANS):
    """The texts, of so many made up from a seed, that the loop reads otherwise than the careful reader."""
    rng, plan = random.Random(seed), number_plan()
    differing = []
    while texts > 0:
        dial_plan = rng.choice(plans)
        batch = [make_text(rng, plan) for _ in range(min(texts, BATCH))]
        texts -= len(batch)
        differing += compare(batch, ColumnReader(dial_plan), NumberReader(dial_plan), counts)
    return differing


# Digits behind a plus, and others; what is written in a way that is neither is not for phonenumbers to judge.
BEHIND_PLUS = (spaced, plus, area_in_brackets, sip, blanks, extension, zero_in_brackets)
WITHOUT_PLUS = (zeros, bare, trunk, trunk_spaced, dashed, dialled_011)


def judge(texts, seed, *, counts=None):
    """The clean texts, of so many, whose preferred reading is not what phonenumbers makes of their digits.

    They are written in each of the ways but junk, and read for the homes GB and US, without drama numbers.
    """
    rng, plan = random.Random(seed), number_plan()
    columns = ColumnReader(DialPlan(allow_drama=False))
    differing = []
    while texts > 0:
        expected = {}
        for _ in range(min(texts, BATCH)):
            code, national = _number(rng, plan)
            behind_plus = rng.random() < 0.5
            text = rng.choice(BEHIND_PLUS if behind_plus else WITHOUT_PLUS)(rng, code, national)
            expected[text] = re.sub(r"@.*|;?[ ]?(ext\.?[= ]?|x|#)[0-9]+$|[^0-9]", "", text)
        texts -= BATCH
        found = columns.read(pa.array(list(expected), pa.string()))
        rows = zip(*(one.to_pylist() for one in (found.e164, found.kind, found.region)), strict=True)
        for (text, digits), row in zip(expected.items(), rows, strict=True):
            judged = _judged(text, digits)
            if judged is not None and row != (judged or (None, None, None)):
                differing.append(text)
            if counts is not None:
                counts["judged" if judged is not None else "not judged"] += 1
                counts["numbers"] += bool(judged)
    return differing


def _judged(text, digits):
    """What phonenumbers makes of a clean text: (number, kind, region), () for no number, None where it cannot say."""
    if "+" in text:
        found = _found(digits)
        bracketed = "(0)" in text or "[0]" in text
        return found if found or not bracketed else None
    if digits.startswith(("1410", "14700")) or "(" in text or "[" in text:
        return None
    if len(digits) < 7:
        return ()
    candidates = [_found(digits[len(idd) :]) for idd in ("00", "011") if digits.startswith(idd)]
    if digits.startswith("0"):
        behind_trunk = _found("44" + digits)
        candidates.append(behind_trunk if behind_trunk and behind_trunk[0] != int("44" + digits) else ())
    else:
        candidates.append(_found(digits))
    for home in ("44", "1"):
        at_home = _found(home + digits)
        candidates.append(at_home if at_home and at_home[0] == int(home + digits) else ())
    return next(filter(None, candidates), ())


def _found(digits):
    found = by_phonenumbers(digits)
    return (int(found[0][1:]), *found[1:]) if found else ()


def main(words=None):
    options = argparse.ArgumentParser(prog="python -m number_texts", description=__doc__.splitlines()[0])
    options.add_argument("--texts", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--show", action="store_true", help="show texts that differ in full")
    chosen = options.parse_args(words)
    counts, started = Counter(), time.process_time()
    differing = fuzz(chosen.texts, chosen.seed, counts=counts)
    misjudged = judge(chosen.texts, chosen.seed, counts=counts)
    for text in (*differing[:20], *misjudged[:20]):
        print(repr(text if chosen.show else mask_number(text)))
    print(
        f"{len(differing):,} of {chosen.texts:,} texts differ with seed {chosen.seed}; the loop left"
        f" {counts['open']:,} of {counts['texts']:,} open.\n{len(misjudged):,} of {counts['judged']:,} clean texts are"
        f" not what phonenumbers says; {counts['numbers']:,} are numbers; {time.process_time() - started:,.0f} s"
    )
    return 1 if differing or misjudged else 0


if __name__ == "__main__":
    sys.exit(main())
