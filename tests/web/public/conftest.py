import pytest

from public_visitor import Service


@pytest.fixture
def service(tmp_path):
    made = Service(tmp_path / "bundle")
    yield made
    made.inbox.engine.dispose()
