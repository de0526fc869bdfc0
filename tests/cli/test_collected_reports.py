"""ringback collect: the public's reports, from a browser to the records; each once, none dropped; its status back."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from cli.test_publishing import publish, texts_of
from public_visitor import NOON, Service
from publishing.uploads import hostile_files
from report_visitor import TOLD, Reporter
from ringback.alerting.model import references
from ringback.errors import RingbackError
from ringback.publishing.inbox.tables import about, sent_reports, uploads
from ringback.publishing.report_collection import ASIDE, collect_reports
from ringback.publishing.report_keys import find_report_keys, load_report_keys, report_key_file, seal_to
from ringback.publishing.sealed_reports import SentReport, pack_report
from ringback.records.alert_tables import alerts
from ringback.records.db import writing
from ringback.records.reports import list_reports
from ringback.victim_reports import status_codes
from ringback.victim_reports.casework import change_status, show_report
from ringback.victim_reports.content import Loss, ReportContent
from ringback.victim_reports.erasure import erase
from web.public.test_pages import words


@pytest.fixture
def case(drama_case):
    drama_case.approved()
    return drama_case


@pytest.fixture
def bundle(case, tmp_path):
    publish(case, tmp_path / "bundle")
    return tmp_path / "bundle"


@pytest.fixture
def service(bundle):
    served = Service.over(bundle)
    yield served
    served.inbox.engine.dispose()


def collect(case, bundle):
    return case.run("alice", "collect", bundle, "--json")


def reports_of(case):
    with case.open().records.connect() as connection:
        return list_reports(connection)


def put_in(service, *sealed):
    """Put something into the inbox as if a visitor had sent it."""
    rows = [
        {"draft": f"d{place}", "sent_at": service.clock.now(), "status_digest": bytes(16), "sealed": one}
        for place, one in enumerate(sealed)
    ]
    with writing(service.inbox.engine).begin() as connection:
        connection.execute(sent_reports.insert(), rows)


def recipient(case):
    opened = case.open()
    return load_report_keys(opened.settings.keys_dir, opened.case.settings.id).recipient


def waiting(service):
    with service.inbox.engine.connect() as connection:
        return connection.execute(select(sent_reports).where(sent_reports.c.sealed.is_not(None))).all()


def test_a_report_travels_from_the_browser_to_the_records_and_its_status_back(case, bundle, service):
    assert case.alerts("alice", "send", "B-001").code == 0
    reference, last_four = texts_of(case)[0]
    told = {**TOLD, "has_text": "yes", "reference": references.show(reference), "last_four": last_four}
    code = Reporter(service, told).report()
    done = collect(case, bundle)
    assert (done.code, done.json["reports"], done.json["aside"]) == (0, ["R-0001"], [])
    assert waiting(service) == []
    opened = case.open()
    (report,) = reports_of(case)
    assert (report.way, report.status, report.received_at, report.taken_by) == (
        "public", "received", service.clock.now(), "",
    )  # fmt: skip
    shown = show_report(opened, "R-0001", member="alice", why="a test")
    assert shown.content.story == TOLD["story"]
    assert [one.pence for one in shown.losses] == [120050]
    # It is tied to the number that the text went to.
    with opened.records.connect() as connection:
        row = connection.execute(select(alerts).where(alerts.c.check_digest == report.check_digest)).one()
    assert report.number_digest == row.number_digest
    (entry,) = case.log("reports_collected")
    assert (entry["reports"], entry["began_with_our_text"], entry["who"]) == (["R-0001"], ["R-0001"], "alice")
    # Until a release knows it, the inbox does.
    assert "We have your report" in words(Reporter(service).post("/report/status", code=code))
    for status, heading in (("received", "We have your report"), ("helped", "Your report helped")):
        if status != "received":
            change_status(opened, "R-0001", status, member="alice", why="a test")
        publish(case, bundle)
        service.clock.sleep(2)
        assert heading in words(Reporter(service).post("/report/status", code=code))
    assert case.run("vera", "verify", "--json").code == 0


def test_a_reference_that_is_not_ours_is_kept_and_told_and_ties_nothing(case, bundle, service):
    reference, last_four = references.new_reference(), "0123"
    told = {**TOLD, "has_text": "yes", "reference": reference, "last_four": last_four}
    Reporter(service, told).report()
    done = collect(case, bundle)
    assert (done.code, done.json["reference_not_confirmed"]) == (0, ["R-0001"])
    (report,) = reports_of(case)
    assert (report.check_digest, report.number_digest) == (None, None)
    assert show_report(case.open(), "R-0001", member="alice", why="a test").content.reference == reference


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda _to: seal_to(str(find_other().to_public()), b"x"), "another key, or altered"),
        (lambda to: seal_to(to, good())[:-1], "another key, or altered"),
        (lambda _to: b"no age at all", "another key, or altered"),
        (lambda to: seal_to(to, b"\xff\xfe"), "no text"),
        (lambda to: seal_to(to, b"{"), "no JSON"),
        (lambda to: seal_to(to, b"[" * 100_000), "another form"),
        (lambda to: seal_to(to, good().replace(b'"format": 1', b'"format": 9', 1)), "another format"),
        (lambda to: seal_to(to, good().replace(b'"crime"', b'"fun"')), "kind: not readable"),
        (lambda to: seal_to(to, good(losses=(Loss(-5),))), "above 0"),
        (lambda to: seal_to(to, good(story="")), "it says nothing"),
    ],
)
def test_what_cannot_be_opened_or_read_is_kept_as_it_came_and_told(case, bundle, service, make, problem):
    sealed = make(recipient(case))
    put_in(service, sealed, seal_to(recipient(case), good()))
    done = collect(case, bundle)
    assert done.code == 1
    assert done.json["reports"] == ["R-0001"]
    (aside,) = done.json["aside"]
    assert problem in aside["problem"]
    path = case.path / aside["file"]
    assert path.read_bytes() == sealed
    assert path.stat().st_mode & 0o777 == 0o600
    assert case.log("reports_collected")[0]["aside"] == {aside["file"]: aside["problem"]}
    assert waiting(service) == []
    assert "NOT TAKEN" not in case.run("alice", "collect", bundle).err


def test_a_report_that_is_not_taken_is_told_loudly(case, bundle, service):
    put_in(service, b"no age at all")
    done = case.run("alice", "collect", bundle)
    assert done.code == 1
    assert "NOT TAKEN, kept as it came in reports-aside/" in re.sub(r"\s+", " ", done.err)


def find_other():
    from pyrage.x25519 import Identity

    return Identity.generate()


def good(**changes):
    content = ReportContent(**{"story": "They rang.", **changes})
    return pack_report(SentReport(content, status_codes.new_status_code(), NOON))


def test_who_dies_between_storing_and_emptying_stores_nothing_twice(case, bundle, service, monkeypatch):
    Reporter(service).report()
    put_in(service, b"no age at all")

    def die(*_arguments, **_options):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("ringback.publishing.report_collection.empty_sent", die)
        with pytest.raises(KeyboardInterrupt):
            collect_reports(case.open(), service.inbox, why="a test")
    assert len(waiting(service)) == 2
    found = collect_reports(case.open(), service.inbox, why="a test")
    assert (found.reports, found.aside, waiting(service)) == ([], [], [])
    assert len(reports_of(case)) == 1
    assert len(list((case.path / ASIDE).iterdir())) == 1
    Reporter(service).report()
    assert collect_reports(case.open(), service.inbox, why="a test").reports == ["R-0002"]


def test_who_dies_before_storing_leaves_everything_in_the_inbox(case, bundle, service, monkeypatch):
    Reporter(service).report()
    put_in(service, b"no age at all")

    def die(*_arguments, **_options):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("ringback.records.audit.AuditLog.add_within", die)
        with pytest.raises(KeyboardInterrupt):
            collect_reports(case.open(), service.inbox, why="a test")
    assert (len(waiting(service)), reports_of(case)) == (2, [])
    found = collect_reports(case.open(), service.inbox, why="a test")
    assert (len(found.reports), len(found.aside), waiting(service)) == (1, 1, [])
    assert len(list((case.path / ASIDE).iterdir())) == 1


def test_a_case_that_was_put_back_notices_that_more_reports_were_collected(case, bundle, service):
    Reporter(service).report()
    collect_reports(case.open(), service.inbox, why="a test")
    with writing(service.inbox.engine).begin() as connection:
        connection.execute(update(about).where(about.c.key == "reports").values(value="7"))
    with pytest.raises(RingbackError) as error:
        collect_reports(case.open(), service.inbox, why="a test")
    assert error.value.code == "inbox_of_another_time"


def test_without_the_key_reports_stay_in_the_inbox(case, bundle, service):
    Reporter(service).report()
    opened = case.open()
    path = report_key_file(opened.settings.keys_dir, opened.case.settings.id)
    kept = path.rename(path.with_name("elsewhere"))
    try:
        done = collect(case, bundle)
        assert (done.code, done.json["error"]) == (2, "report_key_missing")
        assert len(waiting(service)) == 1
    finally:
        kept.rename(path)
    assert collect(case, bundle).json["reports"] == ["R-0001"]


def test_the_key_is_outside_of_the_case_for_its_owner_alone_and_never_in_the_bundle(case, bundle):
    opened = case.open()
    path = report_key_file(opened.settings.keys_dir, opened.case.settings.id)
    assert path.stat().st_mode & 0o777 == 0o600
    assert not path.is_relative_to(case.path)
    secret = path.read_text().strip()
    assert secret.startswith("AGE-SECRET-KEY-1")
    for held in (one for top in (bundle, case.path) for one in top.rglob("*") if one.is_file()):
        assert secret.encode() not in held.read_bytes(), held
    path.chmod(0o644)
    with pytest.raises(RingbackError) as error:
        load_report_keys(opened.settings.keys_dir, opened.case.settings.id)
    path.chmod(0o600)
    assert error.value.code == "files_open"


def test_a_new_key_goes_out_with_the_next_release_and_the_old_one_still_opens(case, bundle, service):
    opened = case.open()
    path = report_key_file(opened.settings.keys_dir, opened.case.settings.id)
    before = path.read_text()
    try:
        Reporter(service).report()
        path.write_text(f"{before}{find_other()}\n")
        publish(case, bundle)
        service.clock.sleep(2)
        Reporter(service).report()
        keys = find_report_keys(opened.settings.keys_dir, opened.case.settings.id)
        assert service.releases.current().report_recipient == keys.recipient
        assert collect(case, bundle).json["reports"] == ["R-0001", "R-0002"]
    finally:
        path.write_text(before)


def test_two_reports_with_one_status_code_are_both_kept(case, bundle, service):
    one, other = good(), good()
    code = unpacked_code(one)
    other = other.replace(unpacked_code(other).encode(), code.encode())
    put_in(service, *(seal_to(recipient(case), data) for data in (one, other)))
    assert collect(case, bundle).json["reports"] == ["R-0001", "R-0002"]
    first, second = reports_of(case)
    assert first.status_digest
    assert second.status_digest is None


def unpacked_code(data):
    from ringback.publishing.sealed_reports import unpack_report

    return unpack_report(data).status_code


def test_of_a_collected_report_the_inbox_keeps_a_month_that_it_came_and_nothing_else(case, bundle, service):
    code = Reporter(service).report()
    collect(case, bundle)
    with service.inbox.engine.connect() as connection:
        (row,) = connection.execute(select(sent_reports)).all()
    assert row.sealed is None
    service.clock.sleep(timedelta(days=31).total_seconds())
    assert service.drafts.forget_old(now=service.clock.now()) == 0
    assert "We do not know this code yet" in words(Reporter(service).post("/report/status", code=code))


def test_nothing_of_a_report_is_in_the_audit_log_or_on_the_screen(case, bundle, service):
    code = Reporter(service).report()
    done = case.run("alice", "collect", bundle)
    told = done.out + done.err + "".join(str(one) for one in case.open().log.entries())
    for secret in ("emptied", "Mabel", "900456", "Barclays Fraudteam", code, status_codes.read(code)):
        assert secret not in told


def test_files_are_cleaned_and_kept_and_refused_ones_are_told_in_the_report(case, bundle, service, tmp_path):
    reporter = Reporter(service)
    reporter.write()
    for name, data in (
        ("bank.jpg", hostile_files.photo_with_place()), ("page.svg", hostile_files.svg()),
        ("two.pdf", hostile_files.pdf(pages=2)),
    ):  # fmt: skip
        assert reporter.add(name, data).status_code == 303
    reporter.send()
    done = collect(case, bundle)
    assert done.code == 0
    assert (done.json["files"], done.json["files_refused"]) == (
        3, ["R-0001: it is no picture and no PDF that can be read"],
    )  # fmt: skip
    with service.inbox.engine.connect() as connection:
        assert connection.execute(select(uploads)).all() == []
    for path in (case.path / "report-files").rglob("*"):
        assert path.is_dir() or hostile_files.SECRET not in path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0
    about = case.run("alice", "report", "show", "R-0001", "--why", "a test").out
    assert "2: ringback report files" in about
    assert "no picture and no PDF" in about
    out = tmp_path / "pictures"
    shown = case.run("alice", "report", "files", "R-0001", out, "--why", "a test", "--json")
    assert [one["name"] for one in shown.json["files"]] == ["bank.jpg", "page.svg", "two.pdf"]
    assert "no picture" in shown.json["files"][1]["refused"]
    written = sorted(path.name for path in out.iterdir())
    assert written == ["1-1.jpeg", "3-1.jpeg", "3-2.jpeg"]
    assert hostile_files.SECRET not in (out / "1-1.jpeg").read_bytes()
    assert [one["report"] for one in case.log("report_files_shown")] == ["R-0001"]
    assert case.run("vera", "verify", "--json").code == 0
    erase(case.open(), "R-0001", member="bob", why="a test")
    gone = case.run("alice", "report", "files", "R-0001", tmp_path / "again", "--why", "a test", "--json")
    assert gone.json["error"] == "report_erased"


def test_staff_see_that_a_reference_is_none_of_ours(case, bundle, service):
    told = {"has_text": "yes", "reference": references.show(references.new_reference()), "last_four": "0123"}
    Reporter(service, {**TOLD, **told}).report()
    assert collect(case, bundle).code == 0
    shown = case.run("alice", "report", "show", "R-0001", "--why", "a test", "--json").json
    assert shown["reference_unknown"]
    assert "none of our texts" in case.run("alice", "report", "show", "R-0001", "--why", "a test").out


def test_a_file_that_never_arrived_or_cannot_be_opened_is_told(case, bundle, service):
    reporter = Reporter(service)
    reporter.write()
    for name in ("gone.png", "altered.png"):
        reporter.add(name, hostile_files.picture())
    with writing(service.inbox.engine).begin() as connection:
        gone, altered = connection.scalars(select(uploads.c.id).order_by(uploads.c.id)).all()
        connection.execute(uploads.delete().where(uploads.c.id == gone))
        connection.execute(update(uploads).where(uploads.c.id == altered).values(sealed=b"altered"))
    reporter.send()
    refused = collect(case, bundle).json["files_refused"]
    assert sorted(refused) == ["R-0001: it did not arrive", "R-0001: it was sealed to another key, or altered"]


def test_without_the_libraries_that_clean_files_reports_with_files_stay_in_the_inbox(
    case, bundle, service, monkeypatch
):
    first, second = Reporter(service), Reporter(service)
    first.report()
    second.write()
    second.add("a.png", hostile_files.picture())
    second.send()
    with monkeypatch.context() as patched:
        patched.setattr("importlib.util.find_spec", lambda name: None)
        done = collect(case, bundle)
    assert (done.code, done.json["error"]) == (2, "uploads_missing")
    assert len(waiting(service)) == 2
    assert collect(case, bundle).json["reports"] == ["R-0001", "R-0002"]


def test_a_backup_holds_files_what_was_put_aside_and_with_the_key_that_of_reports(case, bundle, service, tmp_path):
    reporter = Reporter(service)
    reporter.write()
    reporter.add("a.png", hostile_files.picture())
    reporter.send()
    put_in(service, b"no age at all")
    assert collect(case, bundle).code == 1
    done = case.ringback("case", "backup", case.path, tmp_path / "backup", "--with-key", "--why", "a test")
    assert done.code == 0, done.err
    held = {path.relative_to(tmp_path / "backup").as_posix() for path in (tmp_path / "backup").rglob("*")}
    opened = case.open()
    assert f"key/{opened.case.settings.id}.reports" in held
    kept = [one.relative_to(case.path).as_posix() for top in ("report-files", "reports-aside")
            for one in (case.path / top).rglob("*") if one.is_file()]  # fmt: skip
    assert len(kept) == 3
    assert set(kept) <= held
    restored = case.ringback("case", "restore", tmp_path / "backup", tmp_path / "again")
    assert restored.code in (0, 1), restored.err
    assert all((tmp_path / "again" / one).is_file() for one in kept)
