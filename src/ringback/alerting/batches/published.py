"""Whether a batch is published: whether the public host lets people check its texts.

A text that people check and that we do not know of is called not confirmed. So where a case has a bundle at all, a
batch that the last published bundle lacks is not sent, unless a person says why.
"""

import json
from collections.abc import Mapping

from ringback.alerting.batches.approval import is_sealed, seal_entry
from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.keys import KeyRing
from ringback.records.batches import Batch

PUBLISHED, UNPUBLISHED = "bundle_published", "sent_unpublished"


def published_facts(publication: str, hash_: str, batches: Mapping[str, str], ring: KeyRing) -> dict[str, object]:
    """The facts of an entry that says what was published, with their seal."""
    sealed = _sealed(publication, hash_, batches)
    return {
        "publication": publication, "hash": hash_, "batches": dict(batches),
        "seal": seal_entry(ring, PUBLISHED, **sealed),
    }  # fmt: skip


def check_published(case_file: CaseFile, batch: Batch, *, member: str, why: str) -> None:
    """Refuse a batch that the last published bundle lacks. A reason lets it pass, and is logged.

    Args:
        case_file: The case.
        batch: The batch.
        member: Who sends it.
        why: Why it may be sent all the same; '' for no reason.

    Raises:
        RingbackError: `batch_not_published`.
    """
    entry = next((one for one in reversed(case_file.log.entries()) if one.what == PUBLISHED), None)
    if entry is None:
        return
    facts = entry.read_facts()
    told = facts.get("batches")
    batches = {str(name): str(hash_) for name, hash_ in told.items()} if isinstance(told, dict) else {}
    sealed = _sealed(str(facts.get("publication")), str(facts.get("hash")), batches)
    if is_sealed(case_file.keys(), entry, sealed) and batches.get(batch.id) == batch.hash:
        return
    if not why.strip():
        raise RingbackError("batch_not_published", batch=batch.id)
    case_file.log.add(UNPUBLISHED, why=why, facts={"batch": batch.id, "hash": batch.hash}, who=member)


def _sealed(publication: str, hash_: str, batches: Mapping[str, str]) -> dict[str, str]:
    return {"publication": publication, "hash": hash_, "batches": json.dumps(dict(batches), sort_keys=True)}
