import os
import re
import subprocess
import sys

import pytest

from public_case import make_bundle
from public_visitor import Service


@pytest.fixture
def service(tmp_path):
    made = Service(tmp_path / "bundle")
    yield made
    made.inbox.engine.dispose()


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The address of a service that runs as people run it, in a process of its own."""
    bundle = make_bundle(tmp_path_factory.mktemp("public") / "bundle")
    command = [sys.executable, "-m", "ringback.cli.main", "serve", "public", str(bundle), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=os.environ, text=True) as process:
        for line in process.stderr:
            if found := re.search(r"at (http://\S+)/", line):
                break
        yield found[1]
        process.terminate()
        process.stderr.read()
        assert process.wait(20) == 0


@pytest.fixture
def open_page(browser, place):
    opened = []

    def new(width, *, script=True, **options):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=script, base_url=place, **options
        )
        opened.append(context)
        page = context.new_page()
        page.faults = []
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        return page

    yield new
    for context in opened:
        context.close()
