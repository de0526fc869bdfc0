"""The survey of a case with unknown tables: take samples, propose a mapping, write what is accepted to case.toml."""

from collections.abc import Sequence

from ringback.case.case_file import CaseFile
from ringback.errors import RingbackError
from ringback.ingest.exhibits import seized_file
from ringback.numbers.dial_plan import DialPlan
from ringback.progress import NullProgress, Progress
from ringback.schema_matching.proposal import Proposals, RoleProposal
from ringback.schema_matching.propose import propose
from ringback.schema_matching.sampling import TableSample, take_samples
from ringback.schema_matching.toml_writer import make_sections, write_sections
from ringback.sources.mapping import make_mapping
from ringback.sources.options import check_options


def survey(
    case_file: CaseFile, *, plan: DialPlan, again: bool = False, why: str, progress: Progress | None = None
) -> Proposals:
    """Look at some rows of every table of a case and propose what is what. The look is logged.

    Args:
        case_file: The case.
        plan: Its dial plan.
        again: Propose also for roles that case.toml names already.
        why: Why, for the audit log.
        progress: Who watches.

    Raises:
        RingbackError: `survey_no_exhibits`, an impossible setting, or an exhibit that cannot be read.
    """
    progress = progress or NullProgress()
    chosen = case_file.case.settings
    exhibits = case_file.exhibits
    check_options(chosen.exhibits, exhibits=[one.ref for one in exhibits], toml=case_file.case.toml)
    # Read as a run would read it, so that a wrong name in case.toml fails here too.
    named = {} if again else chosen.tables
    mapping = make_mapping(chosen.preset, named, toml=case_file.case.toml)
    if not exhibits:
        raise RingbackError("survey_no_exhibits", path=case_file.case.path)
    samples: list[TableSample] = []
    with progress.step("Looking at tables", sum(one.bytes for one in exhibits)) as advance:
        for one in exhibits:
            seized = seized_file(case_file, one, exhibits)
            if seized.options.get("set_aside"):
                advance(one.bytes)
                continue
            try:
                samples += take_samples(seized, progress=advance)
            except OSError as error:
                problem = error.strerror or str(error)
                raise RingbackError("exhibit_unreadable", exhibit=one.ref, path=seized.path, problem=problem) from error
    found = propose(samples, mapping=mapping, named=named, plan=plan)
    facts = {"tables": len(found.tables), "rows": sum(one.rows for one in found.tables)}
    case_file.log.add("mapping_proposed", why=why, facts=facts)
    return found


def accept(case_file: CaseFile, found: Proposals, chosen: Sequence[RoleProposal], *, why: str) -> dict[str, str]:
    """Write what was accepted to case.toml; returns the sections by role. If nothing was, nothing is written.

    Raises:
        RingbackError: `mapping_unwritable`, with nothing written.
    """
    if not chosen:
        return {}
    case = case_file.case
    sections = make_sections(chosen, preset=case.settings.preset, misfits=found.misfits)
    write_sections(case.toml, sections, preset=case.settings.preset)
    facts = {"roles": sorted(sections), "tables": sorted(name for one in chosen for name in one.tables)}
    case_file.log.add("mapping_written", why=why, facts=facts)
    return sections
