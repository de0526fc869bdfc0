"""A theft drill: somebody has a shell as the public process. What can they read, and what is in it?"""

import os
import re
import subprocess
import tempfile
from pathlib import Path

import pytest

from public_case import make_bundle
from ringback.case.case_file import new_case
from ringback.numbers.masking import NUMBER
from ringback.settings import Settings

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
        assert secret not in text, path
        assert str(host / "case") not in text, path
        shown = re.sub(r"0300 123 2040|[0-9a-f]{32,}|\d{4}-\d\d-\d\dT[^\"]*", "", text)
        assert path.name == "alerts.digests" or not NUMBER.search(shown), path
    names = {path.name for path in read}
    assert names == {
        "current", "public_key", "manifest.json", "manifest.sig", "site.json", "alerts.digests", "check.keys",
        "reports.statuses", "status.keys",
        "index.html", "victims.html", "customers.html", "notice.css",
    }  # fmt: skip
