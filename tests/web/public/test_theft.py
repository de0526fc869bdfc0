"""A theft drill: somebody has a shell as the public process. What can they read, and what is in it?"""

import os
import re
import subprocess
import tempfile
from pathlib import Path

import pytest

from public_case import NUMBERS, known_facts, make_bundle
from ringback.case.case_file import new_case
from ringback.numbers.masking import NUMBER
from ringback.publishing.sign_files import FOLDER
from ringback.settings import Settings
from ringback.text.data_files import read_data

pytestmark = pytest.mark.slow
NOBODY = 65534


@pytest.fixture
def host():
    """A host with a case that belongs to somebody else, and a bundle that the public process owns."""
    if os.geteuid():
        pytest.skip("NO THEFT WAS TRIED: only root can become another user")
    # Not below pytest's own folders, which nobody else may enter.
    with tempfile.TemporaryDirectory() as folder:
        top = Path(folder)
        top.chmod(0o755)
        _furnish(top)
        yield top


def _furnish(top):
    made = new_case(top / "case", settings=Settings(keys_dir=top / "keys"), name="Test", synthetic=True)
    made.close()
    bundle = make_bundle(top / "bundle")
    for path in (bundle, *bundle.rglob("*")):
        os.chown(path, NOBODY, NOBODY)


def test_a_shell_as_the_public_process_reads_no_number_no_list_and_no_key_of_the_case(host):
    # What may not be looked into is told on standard error, with an exit code of 1.
    done = subprocess.run(
        ["find", host / "case", host / "keys", host / "bundle", "-type", "f", "-readable"],
        user=NOBODY, group=NOBODY, extra_groups=[], capture_output=True, text=True, check=False, cwd="/",
    )  # fmt: skip
    assert done.stderr.count("Permission denied") == 2
    read = [Path(line) for line in done.stdout.splitlines()]
    assert read
    assert all(path.is_relative_to(host / "bundle") for path in read)
    secret = next((host / "keys").glob("*.keys")).read_text().split()[1]
    for path in read:
        text = path.read_bytes().decode("utf-8", "replace")
        if FOLDER in path.parts:
            # Copies of what the program ships: published numbers, and nothing of a case.
            assert path.read_bytes() == read_data(path.as_posix().partition(f"/{FOLDER}/")[2])
            continue
        assert secret not in text, path
        assert str(host / "case") not in text, path
        shown = re.sub(r"0300 123 2040|[0-9a-f]{32,}|\d{4}-\d\d-\d\dT[^\"]*", "", text)
        for one in NUMBERS if path.name == "organisations.json" else ():
            shown = shown.replace(one["number"], "")
        # The beginnings of hashes may be digits alone.
        shown = re.sub(r"\bP-\d{3}-[0-9a-f]{12}\b", "", shown.replace(known_facts()["run"], ""))
        if path.suffix == ".svg":
            # Places in the picture; what people read in it is checked like all else.
            shown = re.sub(r' (?:d|transform|viewBox|width|height|x|y|dy|cx|cy|r|stroke-width)="[^"]*"', "", shown)
        assert path.name == "alerts.digests" or not NUMBER.search(shown), path
    names = {path.name for path in read if FOLDER not in path.parts}
    assert names == {
        "current", "public_key", "manifest.json", "manifest.sig", "site.json", "alerts.digests", "check.keys",
        "reports.statuses", "status.keys",
        "index.html", "victims.html", "customers.html", "notice.css",
        "known.json", "timeline.json", "organisations.json",
        *(f"{name}-{size}.svg" for name in ("calls-over-time", "organisations-shown") for size in ("wide", "narrow")),
    }  # fmt: skip
