"""A public service and a collector as processes of their own, to be killed while people write and send reports.

    python -m soak.report_children write BUNDLE LEDGER KEY
    python -m soak.report_children collect BUNDLE CASE KEYS

The writer is the whole public app with visitors inside its process: when it is killed, the service is. What a visitor
was told goes into the ledger, a line each: "begun RETURN-CODE", "sent RETURN-CODE STATUS-CODE".
"""

import os
import random
import sys
from pathlib import Path

from public_visitor import Service
from report_visitor import Reporter
from ringback.case.case_file import open_case_file
from ringback.clock import SystemClock
from ringback.publishing.inbox.questions import Inbox
from ringback.publishing.inbox.tables import open_inbox
from ringback.publishing.report_collection import collect_reports
from ringback.settings import Settings
from ringback.web.kernel.limits import Limit

# Few pages, so that most kills hit a page that writes.
_TOLD = {"has_text": "no", "kind": "information", "called_on": "", "story": "They rang."}


def main():
    what, bundle, *more = sys.argv[1:]
    (_write if what == "write" else _collect)(Path(bundle), *more)


def _write(bundle, ledger, seed):
    draw = random.Random(int(seed))
    service = Service(bundle, made=True, clock=SystemClock())
    service.app.limits.limits = dict.fromkeys(service.app.limits.limits, Limit(10**6, 10**6))
    with Path(ledger).open("a") as file:

        def note(*facts):
            file.write(" ".join(facts) + "\n")
            file.flush()
            os.fsync(file.fileno())

        while True:
            reporter = Reporter(service, _TOLD, losses=())
            reporter.write(until="/report/question/kind")
            note("begun", reporter.cookie())
            reporter.write()
            if draw.random() < 0.2:
                # Saved, and never sent.
                continue
            for _press in range(draw.randint(1, 2)):
                # Some press twice.
                sent = reporter.send()
            if sent.headers.get("Location") == "/report/sent":
                note("sent", reporter.cookie(), reporter.status_code())


def _collect(bundle, case, keys):
    case_file = open_case_file(Path(case), settings=Settings(keys_dir=Path(keys)))
    inbox = Inbox(open_inbox(bundle / "inbox.sqlite"))
    while True:
        collect_reports(case_file, inbox, why="a soak")


if __name__ == "__main__":
    main()
