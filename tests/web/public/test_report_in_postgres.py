"""Reports with an inbox in PostgreSQL: written, saved, sent twice, with a picture, over, and emptied."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from public_visitor import Service
from publishing.uploads.hostile_files import picture
from report_visitor import TOLD, Reporter, opened_of
from ringback.publishing.inbox.sent_reports import empty_sent, read_sent
from ringback.publishing.inbox.tables import drafts, uploads


@pytest.fixture
def service(tmp_path, postgres):
    made = Service(tmp_path / "bundle", inbox=postgres.new_database())
    yield made
    made.inbox.engine.dispose()


def count(service, table):
    with service.inbox.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(table))


def test_a_report_is_written_sent_once_and_emptied(service):
    reporter = Reporter(service)
    reporter.write()
    code = reporter.save()
    reporter.add("a.png", picture())
    token = reporter.get("/report/answers").text.partition('name="csrf_token" value="')[2].partition('"')[0]
    for _press in range(2):
        sent = reporter.visitor.post("/report/answers", data={"csrf_token": token}, base_url="https://localhost")
        assert sent.headers["Location"] == "/report/sent"
    (opened,) = opened_of(service)
    assert opened.content.story == TOLD["story"]
    assert Reporter(service).post("/report/return", code=code).status_code == 404
    (row,) = read_sent(service.inbox.engine, after=0, most=10)
    empty_sent(service.inbox.engine, until=row.seq)
    assert read_sent(service.inbox.engine, after=0, most=10) == []
    assert count(service, uploads) == 0
    assert service.inbox.collected_reports == row.seq


def test_a_draft_whose_time_is_over_is_deleted_with_its_pictures(service):
    reporter = Reporter(service)
    reporter.write()
    reporter.add("a.png", picture())
    service.clock.sleep(timedelta(days=8).total_seconds())
    assert service.drafts.forget_old(now=service.clock.now()) == 1
    assert (count(service, drafts), count(service, uploads)) == (0, 0)
