"""Pages are kept for a minute, and never anything of a visitor."""

import re
from datetime import UTC, datetime

import pytest
from flask import abort, render_template_string

from ringback.web.kernel.app import add_routes, make_app
from ringback.web.kernel.contract import ANYBODY, BRIEFLY, NEVER, contract
from ringback.web.kernel.kernel_app import Rules
from ringback.web.kernel.site import Site
from still_clock import StillClock

FORM = '<form><input name="csrf_token" value="{{ csrf_token() }}"></form>'


class Counted:
    def __init__(self):
        self.clock = StillClock(datetime(2022, 11, 24, 12, tzinfo=UTC))
        self.version, self.made = "P-001", []
        self.app = make_app(
            "small", package="web.kernel.small_app", secret="s" * 32, clock=self.clock,
            rules=Rules(version=lambda: self.version),
            site=lambda: Site(service="Small", force="Example Police", synthetic=True, home="page"),
        )  # fmt: skip
        add_routes(self.app, [
            ("/page/<name>", "page", self.view(BRIEFLY), ("GET",)),
            ("/fresh/<name>", "fresh", self.view(NEVER), ("GET",)),
            ("/form", "form", self.form(), ("GET",)),
        ])  # fmt: skip

    def view(self, cache):
        @contract(who=ANYBODY, cache=cache)
        def page(name):
            self.made.append(name)
            return abort(404) if name == "none" else f"{name} of {self.version}"

        return page

    def form(self):
        def make(token):
            self.made.append("form")
            return render_template_string(FORM, csrf_token=token)

        @contract(who=ANYBODY)
        def form():
            return self.app.kept.form("form", make)

        return form

    def get(self, path, visitor=None):
        return (visitor or self.app.test_client()).get(path, base_url="https://localhost")


@pytest.fixture
def counted():
    return Counted()


def test_a_page_is_made_once_a_minute_for_each_path_and_anew_for_each_release(counted):
    assert [counted.get(path).text for path in ("/page/a", "/page/a?x=1", "/page/b", "/page/a")] == [
        "a of P-001", "a of P-001", "b of P-001", "a of P-001",
    ]  # fmt: skip
    assert counted.made == ["a", "b"]
    counted.version = "P-002"
    assert counted.get("/page/a").text == "a of P-002"
    counted.clock.sleep(61)
    counted.get("/page/a")
    assert counted.made == ["a", "b", "a", "a"]


def test_errors_and_pages_that_may_not_be_kept_are_made_each_time(counted):
    assert [counted.get("/page/none").status_code for _turn in range(2)] == [404, 404]
    assert [counted.get("/fresh/a").text for _turn in range(2)] == ["a of P-001"] * 2
    assert counted.made == ["none", "none", "a", "a"]


def test_a_flood_of_paths_keeps_no_more_than_there_is_room_for(counted, monkeypatch):
    monkeypatch.setattr("ringback.web.kernel.kept_pages._MOST", 3)
    for one in range(10):
        counted.get(f"/page/{one}")
    counted.get("/page/9")
    counted.get("/page/0")
    assert counted.made == [*map(str, range(10)), "0"]


def test_a_kept_form_has_each_visitor_s_own_token(counted):
    visitors = [counted.app.test_client() for _turn in range(3)]
    pages = [counted.get("/form", one) for one in visitors]
    tokens = [re.search(r'value="([^"]+)"', page.text)[1] for page in pages]
    assert len(set(tokens)) == 3
    assert counted.made == ["form"]
    assert all(page.headers["Cache-Control"] == "no-store" and "Set-Cookie" in page.headers for page in pages)
