"""Lists for alerts, apart from results that need no alerting: candidates for a batch, and people who are not texted."""

from pathlib import Path

import pyarrow as pa

from ringback import schemas as t
from ringback.alerting.batches.frozen_lists import LISTED_COLUMNS, read_frozen_list
from ringback.alerting.batches.planning import Called
from ringback.alerting.model.router import Candidate
from ringback.case.case_file import CaseFile
from ringback.numbers.masking import mask_numbers
from ringback.results.list_files import ListAbout, check_list, choose_format, write_list
from ringback.results.results import Results
from ringback.results.victims import find_victims
from ringback.stages.candidates import candidates
from ringback.stages.rules import Rule


def find_called(results: Results, rule: Rule) -> Called:
    """Everybody with a call that the rule asks for, whether or not they can be texted: a batch is planned from them."""
    engine = results.engine
    found = engine.rows(lambda m, rule: candidates(m.calls, m.account_subjects, rule=rule), rule)
    columns = (found.column(name).to_pylist() for name in t.CANDIDATES.names)
    return Called(
        run=results.store.folder.name,
        rule=rule,
        candidates=[Candidate(*row) for row in zip(*columns, strict=True)],
        victims=int(find_victims(results, rule).num_rows),
        outdated=results.is_outdated,
        gaps={gap.key: gap.words for gap in results.gaps},
    )


def write_outreach(
    case_file: CaseFile, batch_id: str, path: Path, *, channel: str, why: str, who: str
) -> tuple[int, int]:
    """Write one channel's list of people who were called and are not texted, as frozen with a batch. Logged first.

    Args:
        case_file: The case.
        batch_id: The batch.
        path: New file; its ending says CSV, JSON, Parquet or Excel workbook.
        channel: outreach or referral.
        why: Why the list is needed.
        who: The staff member who asks.

    Returns:
        How many numbers were written, and how many were held back because they were suppressed after planning.

    Raises:
        RingbackError: `list_format_unknown`, `output_exists`, `output_unwritable`, `list_too_long`, `batch_unknown` or
            `batch_altered`.
    """
    format_ = choose_format(path)
    found = read_frozen_list(case_file, batch_id, channel)
    check_list(path, format_, len(found.rows))
    facts = {
        "batch": batch_id,
        "channel": channel,
        "numbers": len(found.rows),
        "suppressed": found.suppressed,
        "file": mask_numbers(path.name),
    }
    entry = case_file.log.add("outreach_listed", why=why, facts=facts, who=who)
    columns = {name: [row[name] for row in found.rows] for name in LISTED_COLUMNS}
    table = pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
    about = facts | {"written at (UTC)": entry.at, "written by": entry.who, "why": entry.why, "audit head": entry.hash}
    write_list(path, table, format_, ListAbout(case_file.case.settings.time_zone, about))
    return len(found.rows), found.suppressed
