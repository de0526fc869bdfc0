"""The id of a run: a digest of everything that can change its results."""

import hashlib
import json
from collections.abc import Sequence

from ringback.case.case_file import CaseFile
from ringback.numbers.dial_plan import DialPlan
from ringback.numbers.organisations import organisations_digest
from ringback.numbers.plan import METADATA_VERSION
from ringback.program.source import source_digest, version_of
from ringback.records.exhibits import Exhibit

# Parts of the program that only use what a run found, or only write case.toml: a change to them makes no run outdated.
_BESIDE_RUNS = (
    "alerting/",
    "cli/",
    "pipeline/match",
    "pipeline/survey.py",
    "schema_matching/",
    "schemas/reports.py",
    "stages/match",
    "victim_reports/",
    "web/",
)


def fingerprint(case_file: CaseFile, plan: DialPlan, exhibits: Sequence[Exhibit]) -> str:
    """A run's id: a digest of the exhibits, the case's settings, the program and the libraries it stands on."""
    facts = {
        "exhibits": [(one.ref, one.sha256, one.name, one.format) for one in exhibits],
        "settings": case_file.case.settings.fingerprint(),
        "dial_plan": plan.as_dict(),
        "code": source_digest(without=_BESIDE_RUNS),
        "number_metadata": METADATA_VERSION,
        "stands_on": {
            name: version_of(name) for name in ("duckdb", "ibis-framework", "numba", "numpy", "pyarrow", "tzdata")
        },
        "python": version_of("python"),
        "organisations": organisations_digest(),
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()[:16]
