"""The texts that the check is built and measured with: found ones outside the repository, written ones beside it."""

import csv
import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "data" / "signs"
HERE = Path(__file__).parent / "data"
# Written, not found; the first three were read while the cues were written, the others never.
WRITTEN = {
    "written_official_dev": "official_dev.jsonl",
    "written_official_dev2": "official_dev2.jsonl",
    "written_scam_dev": "scam_dev.jsonl",
    "written_official_held": "official_heldout.jsonl",
    "written_scam_held": "scam_heldout.jsonl",
}
HELD = ("written_official_held", "written_scam_held")
# Each found source: file, kind, and which of its labels are scams, genuine, or neither (None).
FOUND = {
    "smishtank": ("smishtank.csv", "text", {"smishing": True}),
    "ftc_robocalls": ("ftc_robocalls.csv", "call", {"robocall_illegal": True}),
    # Its "spam" is mostly adverts: neither scam nor genuine.
    "uci_sms": ("uci_sms.csv", "text", {"ham": False, "spam": None}),
    "exais_sms": ("exais_sms.csv", "text", {"ham": False, "spam": False}),
    "enron": ("enron_spam600.csv", "email", {"ham": False, "spam": None}),
    "nhs_templates": ("nhs_notify_templates.csv", "text", {"ham_official": False}),
}


@dataclass(frozen=True)
class Item:
    """One text: scam is None for what is neither a scam nor genuine."""

    id: str
    source: str
    kind: str
    text: str
    scam: bool | None
    category: str = ""


def at_hand() -> bool:
    """Whether the found texts are there; they are not part of the repository."""
    return all((SHARED / file).exists() for file, _, _ in FOUND.values())


@lru_cache(maxsize=32)
def load(source: str) -> tuple[Item, ...]:
    """All texts of a source, in its order."""
    if source in WRITTEN:
        lines = (HERE / WRITTEN[source]).read_text(encoding="utf-8").splitlines()
        rows = [json.loads(line) for line in lines]
        return tuple(Item(r["id"], source, r["kind"], r["text"], r["scam"], r["category"]) for r in rows)
    file, kind, labels = FOUND[source]
    csv.field_size_limit(10_000_000)
    with (SHARED / file).open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    label = "label"
    return tuple(Item(r["id"], source, kind, r["text"], labels.get(r[label]), r.get("category") or "") for r in rows)


@lru_cache(maxsize=1)
def gold() -> tuple[dict, ...]:
    """The labelled items, each with its `text` and `kind`; those whose text is not at hand are left out."""
    texts: dict[str, tuple[str, str]] = {}
    for source in (*FOUND, *WRITTEN):
        if source in WRITTEN or at_hand():
            texts |= {item.id: (item.text, item.kind) for item in load(source)}
    extra = SHARED / "signs_gold.jsonl"
    if extra.exists():
        for line in extra.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            kind = {"ftc_robocalls": "call", "harper_valley": "call", "abcd": "call", "enron_ham": "email"}
            texts.setdefault(row["id"], (row["text"], kind.get(row["source"], "text")))
    found = []
    for line in (HERE / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        text, kind = texts.get(row["id"], ("", ""))
        if text and hashlib.sha256(text.encode()).hexdigest() == row["sha256"]:
            found.append(row | {"text": text, "kind": kind})
    return tuple(found)
