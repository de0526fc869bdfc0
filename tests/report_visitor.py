"""Somebody who reports what happened, page by page, as a browser without scripts would do it."""

import io
import re

from pyrage import decrypt
from sqlalchemy import select

from public_case import REPORT_IDENTITY
from ringback.publishing.inbox.tables import sent_reports
from ringback.publishing.sealed_reports import unpack_report
from web.public.test_pages import words

# Nothing in it may ever be found outside of a sealed report.
TOLD = {
    "has_text": "no", "kind": "crime", "called_number": "07700 900123", "whose": "own", "called_on": "3/4/2022",
    "called_on_sure": "exact", "called_at": "2.30pm", "claimed": "Barclays Fraudteam", "shown_number": "020 7946 0987",
    "talk_time": "over_60", "happened": ["moved_money", "gave_code"], "story": "They said my account was emptied.",
    "name": "Mabel Quillfeather", "contact_number": "07700 900456", "email": "mabel@example.com", "postcode": "CF10",
    "wants_to_be_told": "yes",
}  # fmt: skip
LOSS = {"loss": "£1,200.50", "loss_kind": "transfer", "loss_on": "4 April 2022", "loss_returned": ""}
_STEPS = {
    "text": ("has_text",), "reference": ("reference", "last_four"), "kind": ("kind",), "whose": ("whose",),
    "called-number": ("called_number",), "when": ("called_on", "called_on_sure"), "time": ("called_at", "part_of_day"),
    "caller": ("claimed",), "shown-number": ("shown_number",), "how-long": ("talk_time",),
    "what-happened": ("happened",), "story": ("story",),
    "you": ("name", "contact_number", "email", "postcode"), "tell-me": ("wants_to_be_told",),
}  # fmt: skip


class Reporter:
    """A visitor of the service with a browser of their own."""

    def __init__(self, service, told=None, losses=(LOSS,), **changes):
        self.service, self.visitor = service, service.app.test_client()
        self.told, self.losses = {**(TOLD if told is None else told), **changes}, list(losses)
        self.seen = []

    def get(self, path):
        return self.visitor.get(path, base_url="https://localhost")

    def post(self, path, page=None, **data):
        """Send the form of a page, as it is opened first."""
        token = self.get(page or path).text.partition('name="csrf_token" value="')[2].partition('"')[0]
        return self.visitor.post(path, data={"csrf_token": token, **data}, base_url="https://localhost")

    def write(self, until="/report/answers"):
        """Answer every question that comes up, until a page. Returns that page's path."""
        place, losses = self.seen.pop() if self.seen else "/report/question/text", list(self.losses)
        while place != until:
            self.seen.append(place)
            if place == "/report/losses" and losses:
                assert self.post(place, more="yes").headers["Location"] == "/report/loss/new"
                answer = self.post("/report/loss/new", **losses.pop(0))
            elif place == "/report/losses":
                answer = self.post(place, more="no")
            elif place in ("/report/bank", "/report/files"):
                answer = self.post(place)
            else:
                keys = _STEPS[place.rpartition("/")[2]]
                answer = self.post(place, **{key: self.told[key] for key in keys if key in self.told})
            assert answer.status_code == 303, (place, words(answer))
            place = answer.headers["Location"]
        self.seen.append(place)
        return place

    def add(self, name, data):
        """Add a file. Returns the answer."""
        return self.post("/report/files", file=(io.BytesIO(data), name), add="yes")

    def send(self):
        """Send what is written. Returns the answer."""
        return self.post("/report/answers")

    def report(self):
        """Write it, send it, and return the status code."""
        self.write()
        assert self.send().headers["Location"] == "/report/sent"
        return self.status_code()

    def status_code(self):
        return code_on(self.get("/report/sent"))

    def save(self, path="/report/question/story", **data):
        """Save and come back later. Returns the return code."""
        data = data or ({"story": self.told["story"]} if path.endswith("story") else {})
        assert self.post(path, then="save", **data).headers["Location"] == "/report/saved"
        return code_on(self.get("/report/saved"))

    def cookie(self):
        found = self.visitor.get_cookie("__Host-report")
        return found.value if found else None


def code_on(answer):
    """The code that a page shows in big letters."""
    return re.search(r'ringback-code">\s*([^<\s]+)', answer.text)[1]


def sealed_of(service):
    """What waits in the inbox, sealed."""
    with service.inbox.engine.connect() as connection:
        query = select(sent_reports.c.sealed).where(sent_reports.c.sealed.is_not(None)).order_by(sent_reports.c.seq)
        return list(connection.scalars(query))


def opened_of(service):
    """What waits in the inbox, opened with the case's key."""
    return [unpack_report(decrypt(one, [REPORT_IDENTITY])) for one in sealed_of(service)]
