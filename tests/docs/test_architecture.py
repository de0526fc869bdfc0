"""The picture of the packages: well formed, and every package of the contracts is in it with what it does."""

import re
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def architecture(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "docs"))
    monkeypatch.delitem(sys.modules, "architecture", raising=False)
    import architecture

    return architecture


def test_every_package_is_in_the_picture_with_its_first_sentence(architecture):
    shown = " ".join(ET.fromstring(architecture.picture()).itertext())
    names = [name for row in architecture.layers("ringback") for name in row]
    assert {"cli", "stages", "sources", "clock"} <= set(names)
    assert [name for name in names if not re.search(rf"\b{name}(/|\.py)", shown)] == []
    words = re.sub(r"\s+", " ", shown)
    assert [name for name in names if architecture.purpose(name) not in words] == []


def test_every_place_in_the_layers_says_in_a_sentence_what_it_does(architecture):
    for container in ("ringback", "ringback.alerting", "ringback.sources"):
        folder = container.replace(".", "/").removeprefix("ringback").strip("/")
        for name in (name for row in architecture.layers(container) for name in row):
            assert architecture.purpose(f"{folder}/{name}".strip("/")).endswith("."), name


def test_a_way_through_what_is_no_package_is_refused(architecture, monkeypatch):
    monkeypatch.setattr(architecture, "FLOW", (("nowhere", "nothing"), *architecture.FLOW[1:]))
    with pytest.raises(LookupError, match="nowhere"):
        architecture.picture()
