"""Reports that are written, sent and collected while service and collector are killed: none lost or doubled."""

import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from sqlalchemy import select

from public_case import REPORT_IDENTITY, make_bundle
from ringback.case.case_file import new_case, open_case_file
from ringback.publishing.inbox import return_codes
from ringback.publishing.inbox.drafts import Drafts
from ringback.publishing.inbox.questions import Inbox
from ringback.publishing.inbox.tables import open_inbox, sent_reports
from ringback.publishing.report_collection import collect_reports
from ringback.publishing.report_keys import report_key_file
from ringback.records.reports import list_reports
from ringback.settings import Settings
from ringback.victim_reports import status_codes
from ringback.victim_reports.integrity import find_report_differences
from soak.saying import say

# Long enough for a child to come up on a busy machine, and then to be anywhere.
_SOONEST_S, _LATEST_S = 0.2, 3.0


class Place:
    """A case and a bundle, and what the visitors were told.

    Args:
        folder: An empty folder.
    """

    def __init__(self, folder):
        self.bundle, self.case, self.keys = folder / "bundle", folder / "case", folder / "keys"
        self.ledger, self.errors = folder / "ledger", folder / "children.log"
        self.ledger.touch()
        made = new_case(self.case, settings=Settings(keys_dir=self.keys), name="Soak", synthetic=True)
        path = report_key_file(self.keys, made.case.settings.id)
        path.touch(mode=0o600)
        # Not one of its own, so that the bundle can be made without publishing.
        path.write_text(f"{REPORT_IDENTITY}\n")
        made.close()
        make_bundle(self.bundle)

    def kill_once(self, seed):
        """Let people write and somebody collect, and kill both at random moments."""
        draw = random.Random(seed)
        with self.errors.open("a") as log:
            words = [["write", self.bundle, self.ledger, seed], ["collect", self.bundle, self.case, self.keys]]
            children = [
                subprocess.Popen([sys.executable, "-m", "soak.report_children", *map(str, one)], stderr=log)
                for one in words
            ]
            before = self.ledger.stat().st_size
            until = time.monotonic() + 60
            while self.ledger.stat().st_size == before and time.monotonic() < until and children[0].poll() is None:
                time.sleep(0.02)
            draw.shuffle(children)
            for child in children:
                time.sleep(draw.uniform(_SOONEST_S, _LATEST_S) / 2)
                child.send_signal(signal.SIGKILL)
            for child in children:
                child.wait()

    def find_faults(self):
        """Collect in peace, and compare: every report that a visitor was told of is there once, or still a draft."""
        case_file = open_case_file(self.case, settings=Settings(keys_dir=self.keys))
        inbox = Inbox(open_inbox(self.bundle / "inbox.sqlite"))
        collected = collect_reports(case_file, inbox, why="the end of a kill")
        faults = [f"put aside: {one.problem}" for one in collected.aside]
        faults += find_report_differences(case_file)
        ring, drafts = case_file.keys(), Drafts(inbox)
        with case_file.records.connect() as connection:
            held = Counter(one.status_digest for one in list_reports(connection))
        with inbox.engine.connect() as connection:
            left = len(connection.execute(select(sent_reports).where(sent_reports.c.sealed.is_not(None))).all())
        faults += [f"{left} reports were left in the inbox"] if left else []
        faults += [f"a report is there {count} times" for count in held.values() if count != 1]
        lines = [line.split() for line in self.ledger.read_text().splitlines()]
        sent = {line[1]: line[2] for line in lines if line[0] == "sent" and len(line) == 3}
        begun = [line[1] for line in lines if line[0] == "begun" and len(line) == 2]
        now = case_file.clock.now()
        for code in begun:
            keys = return_codes.derive(code, secret=inbox.secret)
            own = status_codes.status_digest(ring, drafts.status_code(keys))
            is_draft, is_report = drafts.read(code, now=now) is not None, held.get(own, 0) == 1
            if is_draft == is_report:
                faults.append("a report is a draft as well" if is_draft else "a report is neither sent nor kept")
            if code in sent and not is_report:
                faults.append("a visitor was told that a report was sent, and it was not")
            if code in sent and status_codes.read(sent[code]) != drafts.status_code(keys):
                faults.append("a visitor was shown another status code")
        counted = {"begun": len(begun), "sent": len(sent), "reports": len(held)}
        case_file.records.dispose()
        inbox.engine.dispose()
        return faults, counted


def soak_reports(runs, *, first_seed):
    """Kill so many times. Returns the summary."""
    with tempfile.TemporaryDirectory() as folder:
        place, faults, done, counted = Place(Path(folder)), [], 0, {}
        for seed in range(first_seed, first_seed + runs):
            place.kill_once(seed)
            found, counted = place.find_faults()
            faults += [f"seed {seed}: {one}" for one in found]
            done += 1
            if done % 25 == 0:
                say(f"{done} kills: {counted}, faults {len(faults)}")
            if faults:
                say(place.errors.read_text()[-3000:])
                break
        return {"runs": done, "first_seed": first_seed, **counted, "faults": faults}
