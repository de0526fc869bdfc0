"""Pictures that are added to a report: sealed as they come, few, not large, and gone with what they belong to."""

import re
from datetime import timedelta

import pytest
from pyrage import decrypt
from sqlalchemy import func, select

from public_case import REPORT_IDENTITY
from publishing.uploads.hostile_files import picture
from report_visitor import Reporter, opened_of
from ringback.publishing.inbox.tables import uploads
from ringback.publishing.inbox.uploads import LARGEST_FILE, MOST_FILES
from web.public.test_pages import words


@pytest.fixture
def reporter(service):
    return Reporter(service)


def test_pictures_are_sealed_as_they_come_and_go_with_the_report(service, reporter):
    reporter.write()
    for place in range(MOST_FILES):
        assert reporter.add(f"../../photos/bank {place}.png", picture()).headers["Location"] == "/report/files"
    assert reporter.add("one more.png", picture()).status_code == 400
    page = reporter.get("/report/files")
    assert "bank 0.png" in words(page)
    assert "photos" not in words(page)
    assert "as many as you can add" in words(page)
    with service.inbox.engine.connect() as connection:
        sealed = list(connection.scalars(select(uploads.c.sealed)))
    assert [decrypt(one, [REPORT_IDENTITY]) for one in sealed] == [picture()] * MOST_FILES
    assert not [one for one in sealed if b"PNG" in one or b"IHDR" in one]
    reporter.send()
    (sent,) = opened_of(service)
    assert [one.name for one in sent.files] == [f"bank {place}.png" for place in range(MOST_FILES)]


def test_a_picture_can_be_removed_and_goes_with_a_draft_that_is_deleted_or_over(service, reporter):
    reporter.write()
    reporter.add("one.png", picture())
    reporter.add("two.png", picture())
    id_ = re.search(r'name="remove" value="([0-9a-f]+)"', reporter.get("/report/files").text)[1]
    # Nobody removes what belongs to somebody else.
    other = Reporter(service)
    other.write()
    other.post("/report/files", remove=id_)
    assert count_uploads(service) == 2
    reporter.post("/report/files", remove=id_)
    assert "one.png" not in reporter.get("/report/answers").text
    assert count_uploads(service) == 1
    other.add("three.png", picture())
    reporter.post("/report/delete")
    assert count_uploads(service) == 1
    service.clock.sleep(timedelta(days=8).total_seconds())
    service.drafts.forget_old(now=service.clock.now())
    assert count_uploads(service) == 0


def count_uploads(service):
    with service.inbox.engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(uploads))


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("", b"", "Choose a file first"),
        ("empty.png", b"", "There is nothing in that file"),
        ("large.png", bytes(LARGEST_FILE + 1), "larger than 10 MB"),
    ],
)
def test_a_file_that_is_empty_or_too_large_is_told(reporter, name, data, told):
    reporter.write(until="/report/files")
    answer = reporter.add(name, data)
    assert (answer.status_code, told in words(answer)) == (400, True)
    assert answer.status_code == 400


def test_a_body_above_the_limit_is_refused_at_every_page(reporter):
    reporter.write(until="/report/files")
    assert reporter.add("large.png", bytes(LARGEST_FILE + 200_000)).status_code == 413
    assert reporter.post("/report/question/story", story="x" * 400_000).status_code == 413
