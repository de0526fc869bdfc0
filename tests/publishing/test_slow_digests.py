"""Slow digests are made once, kept through interruptions, and forged by nobody without the keys of the case."""

import os

import pytest

from ringback.keys import CaseKey, KeyRing
from ringback.publishing import slow_digests
from ringback.publishing.genuine_alerts import SYNTHETIC_COST, slow_digest
from ringback.publishing.slow_digests import FILE_NAME, SlowDigests

RING = KeyRing((CaseKey("k1", b"an old key for tests only"), CaseKey("k2", b"a new key for tests only")))
TEXTS = [f"k{1 + one % 2}:{one:032x}" for one in range(600)]


def find(folder, texts=TEXTS, *, ring=RING, cost=SYNTHETIC_COST, progress=None):
    told = []
    found = SlowDigests(folder, ring, cost=cost).find(texts, progress=progress or told.append)
    return found, told


def test_each_is_made_once(tmp_path, monkeypatch):
    found, told = find(tmp_path)
    assert found == {one: slow_digest(bytes.fromhex(one[3:]), SYNTHETIC_COST) for one in TEXTS}
    assert told == [0, 256, 256, 88]
    assert (tmp_path / FILE_NAME).stat().st_mode & 0o777 == 0o600
    monkeypatch.setattr(slow_digests, "slow_digest", None)
    assert find(tmp_path) == (found, [600])


def test_what_was_made_before_an_interruption_is_kept_and_half_a_record_is_made_anew(tmp_path):
    def interrupt(done):
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        find(tmp_path, progress=interrupt)
    path = tmp_path / FILE_NAME
    os.truncate(path, path.stat().st_size - 7)
    found, told = find(tmp_path)
    assert told[0] == 255
    assert sum(told) == len(found) == 600
    assert find(tmp_path) == (found, [600])


@pytest.mark.parametrize("forge", [
    lambda data: data[:16] + slow_digest(b"a forged text...", SYNTHETIC_COST) + data[32:],
    # The digest of another text, with that one's seal.
    lambda data: data[:16] + data[64:96] + data[48:],
])  # fmt: skip
def test_a_forged_record_is_made_anew(tmp_path, forge):
    found, _told = find(tmp_path)
    path = tmp_path / FILE_NAME
    path.write_bytes(forge(path.read_bytes()))
    assert find(tmp_path) == (found, [599, 1])


def test_another_cost_and_another_key_are_another_digest(tmp_path):
    find(tmp_path)
    assert find(tmp_path, TEXTS[:3], cost=SYNTHETIC_COST + 1)[1] == [0, 3]
    other = KeyRing((CaseKey("k1", b"another case"), CaseKey("k2", b"another case")))
    assert find(tmp_path, TEXTS[4:6], ring=other)[1] == [0, 2]
