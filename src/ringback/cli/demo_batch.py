"""The second half of the demo: the people who were called are warned, into a file, and can check their texts."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from ringback.alerting.batches.approval import approve
from ringback.alerting.batches.open_sender import open_batch_sender
from ringback.alerting.batches.options import Asked, make_choice
from ringback.alerting.batches.planning import plan_batch
from ringback.alerting.delivery.sender_loop import send_batch
from ringback.alerting.model import references
from ringback.alerting.model.states import ACCEPTED
from ringback.case.case_file import CaseFile
from ringback.case.folder import TIME_LINE
from ringback.errors import RingbackError
from ringback.files.private import write_plain
from ringback.publishing.preparation import prepare
from ringback.publishing.release import publish
from ringback.results.alert_lists import find_called
from ringback.results.results import open_results
from ringback.stages.rules import get_rule

# The time line of the made-up case. It is that of no real one, and every entry says so.
_TIME_LINE = """\
# The time line that the public reads. Each entry: date, text, and who says so.
[[entry]]
date = 2020-12-01
text = "The made-up website of this example opens. Its customers can choose the number that a phone shows."
source = "Example Police, made-up case file"

[[entry]]
date = 2021-06-01
text = "Example Police begin to look into the made-up website."
source = "Example Police, made-up case file"

[[entry]]
date = 2022-11-08
text = "The made-up website is taken down, and its records are seized."
source = "Example Police, made-up statement of 24 November 2022"

[[entry]]
date = 2022-11-24
text = "Example Police say what they found, and name the days on which they text people. No real person is texted."
source = "Example Police, made-up statement of 24 November 2022"
"""
# Two people, as everywhere. The demo case has no staff accounts, so that its commands ask for no log-in.
PLANNER, APPROVER = "demo.planner", "demo.approver"
_WHY = "the demo"
_REFERENCE = re.compile(rf"[{references.ALPHABET}]{{4}}-[{references.ALPHABET}]{{4}}-[{references.ALPHABET}]{{3}}")


@dataclass(frozen=True, slots=True)
class DemoBatch:
    """What the demo sent, into a file: how many texts, and one of them to check: its reference and last four digits."""

    batch: str
    texts: int
    reference: str
    last_four: str


def warn_people(case_file: CaseFile, bundle: Path) -> DemoBatch:
    """Plan, approve, publish and send a batch of a synthetic case.

    Raises:
        RingbackError: `synthetic_only` for any other case, or what a step refuses.
    """
    if not case_file.is_synthetic:
        raise RingbackError("synthetic_only")
    with open_results(case_file) as results:
        called = find_called(results, get_rule(case_file.case.settings.alert_rule))
    asked = Asked(windows=("now+2h",), pace="fast", quiet="none", quiet_why="nobody is texted")
    choice = make_choice(case_file, asked, member=PLANNER)
    planned = plan_batch(case_file, called, choice, member=PLANNER, why=_WHY).batch
    approve(case_file, planned.id, member=APPROVER, batch_hash=planned.hash, why=_WHY)
    write_plain(case_file.case.path / TIME_LINE, _TIME_LINE)
    prepared = prepare(case_file, member=PLANNER, why=_WHY)
    publish(case_file, bundle, typed_hash=prepared.hash, member=APPROVER, why=_WHY)
    _content, sender = open_batch_sender(case_file, planned.id, member=PLANNER, what="send")
    sent = send_batch(case_file, planned.id, member=PLANNER, sender=sender)
    with (case_file.case.out_dir / f"outbox-{planned.id}.jsonl").open(encoding="utf-8") as outbox:
        first = json.loads(outbox.readline())
    found = _REFERENCE.search(first["text"])
    return DemoBatch(planned.id, sent.counts.get(ACCEPTED, 0), found[0] if found else "", first["to"][-4:])
