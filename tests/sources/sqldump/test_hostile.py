"""Any bytes as a dump give rows, rejections or an error of ours: never another error, and never all of memory."""

import contextlib
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ringback.errors import RingbackError
from ringback.sources.exhibit_file import SeizedFile
from ringback.sources.exhibit_reader import read_exhibit
from ringback.sources.mapping import make_mapping
from ringback.sources.reading_tally import ReadingTally
from tiers import examples

MAPPING = make_mapping("ringback", {}, toml="case.toml")
CREATE = b"CREATE TABLE calls (account text, started_at text, called_number text, duration int, note text);\n"
HEADS = {
    "mysqldump": CREATE + b"INSERT INTO calls VALUES ",
    "pgdump": CREATE + b"COPY calls (account, started_at, called_number, duration, note) FROM stdin;\n",
}
FRAGMENTS = (
    b"INSERT INTO calls VALUES |COPY calls FROM stdin;\n|CREATE TABLE calls (|SET client_encoding = 'LATIN1';"
    b"|\\.\n|(|)|,|;|'|\"|\\|--|-- x\n|/*|*/|/*!5|$$|$a$|\t|\n|\r\n|NULL|\\N|\\x41|\\777|E'|0x|b'|_binary '|USE a;"
    b"|\\connect b\n|1|a|\xff|('a','b','c',1,'d'),|a\tb\tc\t1\td\n|\xef\xbb\xbf|DELIMITER //\n|`"
    b"|SET search_path = |standard_conforming_strings"
)
pieces = st.binary(max_size=12) | st.sampled_from(FRAGMENTS.split(b"|"))


def read(path, format_):
    tally = ReadingTally()
    seized = SeizedFile("EX-001", path.name, path, format_)
    rows = sum(len(table) for _role, table in read_exhibit(seized, MAPPING, tally=tally))
    assert rows == tally.rows["calls"]
    seen = sum(count for (_part, table), count in tally.seen.items() if table == "calls")
    rejected = sum(1 for one in tally.rejections if one.row and one.table == "calls" and one.reason != "torn_statement")
    torn = sum(1 for one in tally.rejections if one.row and one.reason == "torn_statement")
    # Rows read = rows kept + rows rejected.
    assert rows + rejected <= seen <= rows + rejected + torn
    return tally


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(format_=st.sampled_from(["mysqldump", "pgdump"]), parts=st.lists(pieces, max_size=30), headed=st.booleans())
def test_any_bytes_are_read_or_refused(tmp_path, format_, parts, headed):
    path = tmp_path / "x.sql"
    path.write_bytes((HEADS[format_] if headed else b"") + b"".join(parts))
    with contextlib.suppress(RingbackError):
        read(path, format_)


FLOODS = {
    "brackets": b"(",
    "quotes": b"'",
    "backslashes": b"\\",
    "commas": b",",
    "tabs": b"\t",
    "dollars": b"$",
    "comments": b"/*",
    "closed": b")",
    "no line end": b"x",
    "bytes": b"\xff\x00",
}


@pytest.mark.slow
@pytest.mark.parametrize("format_", ["mysqldump", "pgdump"])
def test_a_flood_of_one_character_stays_within_memory(tmp_path, format_):
    """20 MB of one character in one line, read in a process of its own."""
    code = f"""
import importlib.util, pathlib
spec = importlib.util.spec_from_file_location("hostile", {__file__!r})
hostile = importlib.util.module_from_spec(spec); spec.loader.exec_module(hostile)
hostile.read_floods(pathlib.Path({str(tmp_path)!r}), {format_!r})
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=600, check=False)
    assert found.returncode == 0, found.stderr[-2000:]


def read_floods(folder, format_):
    """Read each within a minute of processor time and 2 GB of address space beyond what the program itself takes."""
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + 2 * 2**30,) * 2)
    for flood in FLOODS.values():
        path = folder / "x.sql"
        path.write_bytes(HEADS[format_] + flood * (20_000_000 // len(flood)))
        started = time.process_time()
        assert read(path, format_).rejections
        assert time.process_time() - started < 60
