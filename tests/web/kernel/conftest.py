"""The small app, and a way to ask it for anything at all."""

import re

import pytest

from web.kernel.small_app import make_small_app

BASE = "https://check.example"


@pytest.fixture
def ask():
    """`ask(app, "/path", method="GET", ...)`: an answer. Any path is sent as it is; cookies are not kept."""

    def send(app, path="/", *, client=None, **options):
        path, _mark, query = path.partition("?")
        environ = {"PATH_INFO": path.encode().decode("latin-1")} | options.pop("environ", {})
        options = {"base_url": BASE, "query_string": query, "environ_overrides": environ} | options
        return (client or app.test_client(use_cookies=False)).open("/", **options)

    return send


@pytest.fixture
def app():
    return make_small_app()


@pytest.fixture
def open_form(ask):
    """`open_form(app)`: a client with a cookie, and the token of the form that it was shown."""

    def opened(app):
        client = app.test_client()
        page = ask(app, app.base_path + "/form", client=client)
        return client, re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]

    return opened
