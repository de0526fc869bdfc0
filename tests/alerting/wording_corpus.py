"""The corpus of wordings: bad ones, each with the reason to block it, and good ones."""

import json
from functools import cache
from pathlib import Path

from ringback.alerting.wording.linter import Fault, lint
from ringback.alerting.wording.translations import TranslationApproval, approved_text_hash

_FOLDER = Path(__file__).parent / "corpus"
FORCE = "Example Police"
REFERENCE = "7KQM-3TX9-2"


@cache
def read_corpus(kind):
    with (_FOLDER / f"{kind}_wordings.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def lint_item(item, *, text=None) -> list[Fault]:
    text = item["text"] if text is None else text
    force, reference = item.get("force", FORCE), item.get("reference", REFERENCE)
    language = item.get("language", "en")
    approval = None
    if "approver" in item:
        approval = TranslationApproval(language, item["approver"], approved_text_hash(text, reference))
    return lint(
        text,
        force=force,
        website=item.get("website") or f"the {force} website",
        reference=reference,
        language=language,
        takes_replies=item.get("takes_replies", False),
        approval=approval,
    )
