"""A stand-in for each test, and the ways to ask it."""

import pytest

from notify_standin import NotifyStandin
from notify_standin_tests.clients import Plain, StillClock, make_client
from notify_standin_tests.receivers import Receiver


@pytest.fixture
def start():
    """Starts stand-ins whose time stands still until it is pushed on, and ends them."""
    running = []

    def start_one(clock=None, **options):
        running.append(NotifyStandin(clock or StillClock(), **options))
        return running[-1]

    yield start_one
    for standin in running:
        standin.close()


@pytest.fixture
def standin(start):
    return start()


@pytest.fixture
def client(standin):
    return make_client(standin)


@pytest.fixture
def plain(standin):
    one = Plain(standin)
    yield one
    one.connection.close()


@pytest.fixture
def receiver():
    one = Receiver()
    yield one
    one.close()
