from datetime import UTC, datetime

import pytest

from public_case import make_bundle
from ringback.publishing.inbox.questions import Inbox
from ringback.publishing.inbox.tables import open_inbox
from ringback.web.public.app import create_app
from ringback.web.public.releases import Releases
from still_clock import StillClock

NOON = datetime(2022, 11, 24, 12, 0, tzinfo=UTC)


class Service:
    """The public app over a bundle of its own, with a clock that stands still, and a visitor."""

    def __init__(self, folder):
        self.bundle = make_bundle(folder)
        self.clock = StillClock(NOON)
        self.releases = Releases(self.bundle, clock=self.clock)
        self.inbox = Inbox(open_inbox(self.bundle / "inbox.sqlite"))
        self.app = create_app(self.releases, self.inbox, clock=self.clock)
        self.visitor = self.app.test_client()

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


@pytest.fixture
def service(tmp_path):
    made = Service(tmp_path / "bundle")
    yield made
    made.inbox.engine.dispose()
