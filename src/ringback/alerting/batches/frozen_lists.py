"""The lists frozen with a batch that people work through: outreach at home, referral to partners."""

from dataclasses import dataclass

from ringback.alerting.batches.approval import read_content
from ringback.alerting.model.router import reason_words
from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.records.batches import count_routes, get_batch, read_routes
from ringback.records.suppressions import suppressed_digests

LISTED_COLUMNS = ("number", "kind", "region", "reason")


@dataclass(frozen=True, slots=True)
class FrozenList:
    """The rows of one channel (see `LISTED_COLUMNS`), and how many were left out because they are suppressed now."""

    rows: list[dict[str, str]]
    suppressed: int


def read_frozen_list(case_file: CaseFile, batch_id: str, channel: str) -> FrozenList:
    """One channel of a batch, ordered by number. Numbers suppressed since planning are left out and counted.

    Raises:
        RingbackError: `batch_unknown`; `batch_altered` or `sealed_unreadable` when the routes are not what was planned.
    """
    ring, batch = case_file.keys(), get_batch(case_file.records, batch_id)
    rows, held_back = [], 0
    with case_file.records.connect() as connection:
        content = read_content(connection, batch)
        frozen = {name: reasons for name, reasons in content.channels.items() if reasons}
        if batch.kind == "alerts" and count_routes(connection, batch_id) != frozen:
            raise RingbackError("batch_altered", batch=batch_id, what="its routes are not those that were counted")
        suppressed = suppressed_digests(connection)
        for row in read_routes(connection, batch_id, (channel,)):
            number = ring.unseal(row.number_sealed, about=f"route:{batch_id}:{row.place}")
            digests = ring.digests(number)
            if row.number_digest not in digests:
                raise RingbackError("batch_altered", batch=batch_id, what="a route's number is not the one planned")
            if not suppressed.keys().isdisjoint(digests):
                held_back += 1
                continue
            listed = (number, row.kind, row.region, reason_words(row.reason))
            rows.append(dict(zip(LISTED_COLUMNS, listed, strict=True)))
    return FrozenList(sorted(rows, key=lambda row: row["number"]), held_back)
