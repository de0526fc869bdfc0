"""Copying a bundle to the public host: the release first, then the line that says which one is served."""

import shutil
import subprocess
from pathlib import Path

import pytest

from public_case import make_bundle
from ringback.publishing.bundle_files import find_current, open_release

PUSH = Path(__file__).resolve().parents[2] / "deploy" / "bin" / "ringback-push"
pytestmark = pytest.mark.skipif(not shutil.which("rsync"), reason="NOT TRIED: there is no rsync")


def push(bundle, host):
    return subprocess.run([PUSH, bundle, host], capture_output=True, text=True, check=False)


@pytest.fixture
def host(tmp_path):
    (tmp_path / "host" / "releases").mkdir(parents=True)
    return tmp_path / "host"


def test_a_bundle_is_served_as_it_was_pushed_and_the_next_one_after_it(tmp_path, host):
    bundle = make_bundle(tmp_path / "bundle")
    (bundle / "inbox.sqlite").write_text("what people asked somewhere else")
    for publication in ("P-001", "P-002"):
        make_bundle(bundle, publication=publication)
        done = push(bundle, host)
        assert (done.returncode, done.stdout) == (0, f"pushed {find_current(bundle)}\n"), done.stderr
        assert open_release(host).name == find_current(bundle)
        assert push(bundle, host).returncode == 0
    assert not (host / "inbox.sqlite").exists()
    assert {path.stat().st_mode & 0o777 for path in host.rglob("check.keys")} == {0o640}


def test_a_release_that_does_not_arrive_is_not_named_as_the_one_to_serve(tmp_path, host):
    bundle = make_bundle(tmp_path / "bundle")
    assert push(bundle, host).returncode == 0
    served = find_current(host)
    for name in ("P-009-nowhere", "../../else", ".hidden", ""):
        (bundle / "current").write_text(name + "\n")
        assert push(bundle, host).returncode != 0
        assert find_current(host) == served
