"""The public app over a bundle of its own, with a clock that stands still, and a visitor."""

from datetime import UTC, datetime

from public_case import GENUINE, LAST_FOUR, make_bundle
from ringback.alerting.model import references
from ringback.publishing.genuine_alerts import SYNTHETIC_COST
from ringback.publishing.inbox import return_codes
from ringback.publishing.inbox.drafts import Drafts
from ringback.publishing.inbox.questions import Inbox
from ringback.publishing.inbox.tables import open_inbox
from ringback.web.kernel.kernel_app import ANYWHERE
from ringback.web.public.app import create_app
from ringback.web.public.releases import Releases
from still_clock import StillClock

NOON = datetime(2022, 11, 24, 12, 0, tzinfo=UTC)


class Service:
    """The app and its visitor; `changes` are what `make_bundle` changes."""

    def __init__(self, folder, *, front=ANYWHERE, language="en", made=False, clock=None, inbox=None, **changes):
        self.bundle = folder if made else make_bundle(folder, **changes)
        self.clock = clock or StillClock(NOON)
        self.releases = Releases(self.bundle, clock=self.clock)
        self.inbox = Inbox(open_inbox(inbox or self.bundle / "inbox.sqlite"))
        self.app = create_app(self.releases, self.inbox, clock=self.clock, front=front, language=language)
        self.drafts = Drafts(self.inbox, cost=SYNTHETIC_COST)
        self.visitor = self.app.test_client()

    @classmethod
    def over(cls, bundle):
        """The app over a bundle that a case published."""
        return cls(bundle, made=True)

    def get(self, path, **options):
        return self.visitor.get(path, base_url="https://localhost", **options)

    def post(self, reference, last_four, **options):
        """Send the form, as a visitor who has opened its page."""
        page = self.get("/check").get_data(as_text=True)
        token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
        data = {"csrf_token": token, "reference": reference, "last_four": last_four}
        return self.visitor.post("/check", data=data, base_url="https://localhost", **options)

    def ask(self, reference, last_four, **options):
        """Send the form, wait, and get the answer's page."""
        sent = self.post(reference, last_four, **options)
        assert sent.status_code == 303, sent.get_data(as_text=True)
        self.answer()
        return self.get(sent.headers["Location"])

    def answer(self, seconds=2.0):
        self.clock.sleep(seconds)
        return self.inbox.answer_due(self.releases.current().alerts, now=self.clock.now())

    def answers(self):
        """The pages of each answer, by name."""
        waiting = self.get(self.post(references.new_reference(), "0000").headers["Location"])
        return {
            "errors": self.post("", "").text,
            "waiting": waiting.text,
            "genuine": self.ask(GENUINE, LAST_FOUR).text,
            "not confirmed": self.ask(references.new_reference(), "0000").text,
            **self.report_pages(),
        }

    def report_pages(self):
        """The pages of a report, by name."""
        from report_visitor import Reporter

        reporter = Reporter(self, called_on="today")
        reporter.write()
        pages = {f"{path}, open": reporter.get(path).text for path in dict.fromkeys(reporter.seen)}
        pages["loss, with errors"] = reporter.post("/report/loss/new").text
        for path in ("/report/delete", "/report/losses"):
            pages[f"{path}, open"] = reporter.get(path).text
        reporter.save()
        pages["saved"] = reporter.get("/report/saved").text
        reporter.send()
        pages["sent"] = reporter.get("/report/sent").text
        pages["status"] = reporter.post("/report/status", code=reporter.status_code()).text
        pages["status, unknown"] = reporter.post("/report/status", code="CDFH-JKM2-3467").text
        pages["code, unknown"] = reporter.post("/report/return", code=return_codes.new_code()).text
        pages["deleted"] = reporter.post("/report/delete", page="/check").text
        return pages
