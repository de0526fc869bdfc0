"""The same tests of the records on SQLite and on a real PostgreSQL."""

import pytest

from ringback.records.db import create_records


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def records_place(request, tmp_path):
    """A place for new records: a file, or the address of an empty database."""
    if request.param == "sqlite":
        return tmp_path / "records.sqlite"
    return request.getfixturevalue("postgres").new_database()


@pytest.fixture
def records_engine(records_place):
    """New records of the current format."""
    engine = create_records(records_place)
    yield engine
    engine.dispose()
