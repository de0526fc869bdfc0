"""Tables at random for `ringback map`: whatever is in a seizure, it never ends in a traceback.

python -m map_fuzz --tables 20000    say how many were looked at, and how many crashed; exit code 1 for any
"""

import argparse
import contextlib
import io
import json
import sys
import tempfile
import time
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from ringback.cli.mapping import _as_dict, _masked, _print_proposals
from ringback.errors import RingbackError
from ringback.numbers.dial_plan import DialPlan
from ringback.schema_matching.propose import propose
from ringback.schema_matching.sampling import take_samples
from ringback.schema_matching.toml_writer import make_sections, put_sections
from ringback.sources.exhibit_file import SeizedFile
from ringback.sources.exhibit_reader import detect_format
from ringback.sources.mapping import make_mapping

NAMES = (
    "account user login id uuid call_id started_at start end answer answered_at ended_at duration billsec talk_ms"
    " minutes usage called_number to dst from cli callerid status disposition result direction phone_code country"
    " leg amount gbp btc password pin card otp recording message text email date time c1 c2 lead note"
)
WORDS = (
    "ANSWERED", "NO ANSWER", "BUSY", "completed", "inbound", "outbound", "in", "out", "I", "O", "NULL", "\\N", "None",
    "n/a", "-", "", " ", "GB", "44", "91", "+1", "a", "b", "true", "0", "1", "16", "fox", "owl", "Bank", "sms", "é",
    "𝟘",
    "1:14", "0:01:14", "74s (1m 14s)", "01m14s", "PT1M14S", "1.234", "1,234", "1.234,5", "1,234.5", "74.5", "1e5", "-1",
    "inf", "nan", "0x1F", "4.47E+11", "07700 900123", "+447700900123", "447700900123", "7700900123", "0121 496 0123",
    "anonymous", "<sip:07700900123@192.0.2.1>", "2021-07-01 10:00:00", "2021-07-01T10:00:00Z", "01/07/2021 10:00",
    "07/01/2021 10:00:00 PM", "20210701100000", "1625133600", "1625133600000", "0000-00-00 00:00:00", "1970-01-01",
    "Thu, 01 Jul 2021 09:11:36 GMT", "14:31:37.268 BST Thu July 01 2021", "2021-02-30 00:00:00", "99999999999999999999",
    "d41d8cd98f00b204e9800998ecf8427e", "$2y$10$abcdefghijklmnopqrstuv", "call.wav", "a@example.org", "192.0.2.1",
    '{"a": {"b": [1, 2]}}', "Your parcel is on its way today", "1625133600.17", "٣٤", "１２", "²", "½", "\x00",
    "\u200b07",
)  # fmt: skip
_names = st.one_of(st.sampled_from(NAMES.split()), st.text(max_size=12), st.text(alphabet="0123456789-: ", max_size=20))
_values = st.one_of(
    st.sampled_from(WORDS),
    st.text(max_size=12),
    st.integers(-10, 10**12).map(str),
    st.floats(allow_nan=True, allow_infinity=True, width=32).map(str),
    st.from_regex(r"[0-9]{1,5}[.,: ][0-9]{1,4}", fullmatch=True),
    st.from_regex(r"\+?44770090[0-9]{4}", fullmatch=True),
    st.datetimes().map(lambda at: at.isoformat(sep=" ")),
    st.binary(max_size=6).map(lambda data: data.decode("utf-8", "surrogateescape")),
)


@st.composite
def columns(draw, rows, chance):
    """One column: counted up, of a few values, or of values of one kind with some strangers among them."""
    kind = draw(st.sampled_from(["few", "counted", "digits", "times", "seconds", "phones"]))
    pool = draw(st.lists(_values, min_size=1, max_size=6))
    first, step = draw(st.integers(0, 2_000_000_000)), draw(st.integers(0, 5_000))
    width = draw(st.integers(1, 16))
    made = {
        "few": lambda _n: chance.choice(pool),
        "counted": lambda n: str(first + n * step),
        "digits": lambda _n: f"{chance.randrange(10**width):0{width}}",
        "times": lambda n: time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime((first + n * step) % 2_000_000_000)),
        "seconds": lambda _n: str(chance.choice([0, chance.randrange(900)])),
        "phones": lambda _n: f"{chance.choice(['+44', '44', '0', ''])}7700900{chance.randrange(1000):03}",
    }[kind]
    strange = draw(st.sampled_from([0.0, 0.0, 0.02, 0.5]))
    return [chance.choice(pool) if chance.random() < strange else made(n) for n in range(rows)]


@st.composite
def files(draw):
    """A file of one table in some format, as bytes, and its name."""
    chance = draw(st.randoms(use_true_random=False))
    rows = draw(st.sampled_from([0, 1, 2, 3, 19, 25, 60, 150]))
    names = draw(st.lists(_names, min_size=1, max_size=9))
    table = [draw(columns(rows, chance)) for _name in names]
    form = draw(st.sampled_from(["csv", "csv", "jsonl", "sql", "bytes"]))
    encoding = draw(st.sampled_from(["utf-8", "utf-8", "cp1252", "utf-16", "utf-16-le"]))
    stem = draw(st.sampled_from(["calls", "cdr", "x", "accounts", "subjects", "pkg_cdr (2)", "sms"]))
    if form == "bytes":
        return f"{stem}.csv", draw(st.binary(max_size=400))
    lines = list(zip(*table, strict=True))
    if form == "jsonl":
        text = "".join(json.dumps(dict(zip(names, line, strict=True))) + "\n" for line in lines)
        return f"{stem}.json", text.encode("utf-8", "surrogatepass")
    if form == "sql":
        return f"{stem}.sql", _dump(stem, names, lines).encode("utf-8", "surrogatepass")
    mark = draw(st.sampled_from([",", ";", "\t", "|"]))
    text = "".join(mark.join(_field(one, mark) for one in line) + "\n" for line in (names, *lines))
    return f"{stem}.csv", text.encode(encoding, "replace" if encoding != "utf-8" else "surrogateescape")


def _field(value, mark):
    return '"' + value.replace('"', '""') + '"' if any(one in value for one in (mark, '"', "\n", "\r")) else value


def _dump(table, names, lines):
    quoted = [f"`c{at}_{name.replace('`', '')[:20]}`" for at, name in enumerate(names)]
    made = (
        f"-- MySQL dump 10.13\nCREATE TABLE `{table}` (\n" + ",\n".join(f"  {name} text" for name in quoted) + "\n);\n"
    )
    rows = ["(" + ",".join(_literal(one) for one in line) + ")" for line in lines]
    return made + (f"INSERT INTO `{table}` VALUES {','.join(rows)};\n" if rows else "")


def _literal(value):
    escaped = value.replace("\\", "\\\\").replace("'", "\\'").replace("\x00", "\\0").replace("\n", "\\n")
    return f"'{escaped}'"


def look(folder, made):
    """Do what `ringback map --accept` does with some files; a clear error is no crash."""
    samples = []
    for number, (name, content) in enumerate(made, start=1):
        path = Path(folder) / f"{number}-{name}"
        path.write_bytes(content)
        try:
            found = detect_format(path)
            samples += take_samples(SeizedFile(f"EX-{number:03}", name, path, found))
        except RingbackError:
            continue
    mapping = make_mapping("ringback", {}, toml="case.toml")
    found = propose(samples, mapping=mapping, named=(), plan=DialPlan())
    with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO(), "utf-8")):
        _print_proposals(found, 0.9)
    sections = make_sections(found.sure(0.9), preset="ringback", misfits=found.misfits)
    json.dumps(_masked(_as_dict(found, sections, found.unsure(0.9)))).encode()
    put_sections("a = 1\n", sections)
    return len(samples)


def fuzz(tables, *, seed_=None):
    """Look at so many tables; raises what a table raises, with the table that did."""
    looked = 0

    @given(st.lists(files(), min_size=1, max_size=3))
    @settings(
        max_examples=tables, deadline=None, database=None, suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
    )  # fmt: skip
    def one(made):
        nonlocal looked
        with tempfile.TemporaryDirectory() as folder:
            look(folder, made)
        looked += len(made)

    (seed(seed_) if seed_ is not None else seed(int(time.time())))(one)()
    return looked


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tables", type=int, default=20_000)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--minutes", type=float, default=0, help="go on for so long, with one seed after the other")
    chosen = parser.parse_args()
    start, looked, first = time.monotonic(), 0, chosen.seed if chosen.seed is not None else int(time.time())
    while looked < chosen.tables or time.monotonic() - start < 60 * chosen.minutes:
        looked += fuzz(500, seed_=first)
        first += 1
    sys.stdout.write(f"{looked:,} tables looked at in {time.monotonic() - start:,.0f} s, no traceback\n")


if __name__ == "__main__":
    main()
