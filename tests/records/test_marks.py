"""The mark beside the keys: written by every process that goes on, never lowered, compared with the records."""

import json
import stat

import pytest

from ringback.case.case_file import new_case, open_case_file, upgrade_case
from ringback.errors import RingbackError
from ringback.records.marks import BatchMark, MarkFacts, find_lacking
from ringback.settings import Settings


@pytest.fixture
def chosen(tmp_path):
    return Settings(keys_dir=tmp_path / "keys")


@pytest.fixture
def case_file(tmp_path, chosen):
    made = new_case(tmp_path / "case", settings=chosen, name="Test")
    yield made
    made.records.dispose()


def put_back(case_file, chosen):
    """Make a backup of the records now. Returns a function that puts them back later."""
    place = case_file.case.path / "records.sqlite"
    case_file.records.dispose()
    whole = {one: one.read_bytes() for one in place.parent.glob("records.sqlite*")}

    def restore():
        for one in place.parent.glob("records.sqlite*"):
            one.unlink()
        for path, content in whole.items():
            path.touch(mode=0o600)
            path.write_bytes(content)
        return open_case_file(case_file.case.path, settings=chosen)

    return restore


def test_a_new_case_has_a_mark_that_only_its_owner_reads(case_file):
    facts = case_file.mark.read()
    assert (facts.seq, facts.hash) == (1, case_file.log.head())
    assert stat.S_IMODE(case_file.mark.path.stat().st_mode) == 0o600
    assert case_file.find_lacking() == []


def test_every_audit_entry_moves_the_mark(case_file):
    entry = case_file.log.add("victims_counted", why="test")
    assert (case_file.mark.read().seq, case_file.mark.read().hash) == (entry.seq, entry.hash)


def test_records_put_back_are_not_the_newest_whatever_they_do_then(case_file, chosen):
    restore = put_back(case_file, chosen)
    case_file.log.add("victims_counted", why="lost with the disk")
    case_file.records.dispose()
    back = restore()
    assert back.find_lacking() == ["they end before audit entry 2, which was written"]
    back.log.add("victims_counted", why="the restored ones go on")
    assert back.find_lacking() == ["their audit entry 2 is not the one that was written here"]
    with pytest.raises(RingbackError) as caught:
        back.check_newest()
    assert caught.value.code == "records_rolled_back"
    assert "reconcile" in caught.value.next_step
    back.records.dispose()


def test_a_chain_recomputed_to_its_end_is_found_without_a_head(case_file):
    """One entry altered and all later ones recomputed, by somebody who can write the records but has no keys."""
    from sqlalchemy import update

    from ringback.records.audit import AuditEntry
    from ringback.records.db import writing
    from ringback.records.tables import audit

    case_file.log.add("victims_counted", why="to be altered")
    case_file.log.add("victims_counted", why="the last")
    previous = case_file.log.entries()[0].hash
    with writing(case_file.records).begin() as connection:
        for entry in case_file.log.entries()[1:]:
            facts = {name: getattr(entry, name) for name in ("seq", "at", "who", "what", "why", "facts")}
            facts |= {"why": "nothing", "previous": previous, "hash": ""}
            previous = AuditEntry(**facts).computed_hash()
            values = {"why": "nothing", "previous": facts["previous"], "hash": previous}
            connection.execute(update(audit).where(audit.c.seq == entry.seq).values(**values))
    (case_file.case.path / "audit.head").write_text(f"3 {previous}\n")
    assert case_file.log.find_faults() == []
    assert case_file.find_lacking() == ["their audit entry 3 is not the one that was written here"]


def test_a_missing_mark_is_not_recreated_by_later_commands(case_file, chosen):
    case_file.mark.path.unlink()
    case_file.log.add("victims_counted", why="test")
    assert case_file.mark.read() is None
    with pytest.raises(RingbackError) as caught:
        case_file.check_newest()
    assert caught.value.code == "mark_missing"
    upgrade_case(case_file.case.path, settings=chosen)[0].records.dispose()
    assert case_file.mark.read() is None, "bringing up to date what is up to date makes no mark"


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"seq": 1}', '{"seq": "x", "hash": "", "synthetic": 0, "batches": 1}']
)
def test_a_mark_that_cannot_be_read_counts_as_missing(case_file, content):
    case_file.mark.path.write_text(content)
    with pytest.raises(RingbackError) as caught:
        case_file.check_newest()
    assert caught.value.code == "mark_missing"


def test_a_synthetic_case_stays_synthetic_when_its_records_are_edited(tmp_path, chosen):
    made = new_case(tmp_path / "made-up", settings=chosen, name="Test", synthetic=True)
    facts = json.loads(made.mark.path.read_text())
    assert facts["synthetic"] is True
    with made.records.begin() as connection:
        connection.exec_driver_sql("""UPDATE audit SET facts = replace(facts, 'true', 'false')""")
    assert made.is_synthetic
    made.records.dispose()


def test_without_the_keys_of_the_case_nothing_is_marked(case_file, tmp_path):
    """An expert's copy: no key, no mark, and nothing that could be sent."""
    elsewhere = open_case_file(case_file.case.path, settings=Settings(keys_dir=tmp_path / "none"))
    elsewhere.log.add("victims_counted", why="on another machine")
    assert not (tmp_path / "none").exists()
    assert case_file.find_lacking() == []
    elsewhere.records.dispose()


def test_a_mark_is_not_written_through_a_link(case_file, tmp_path):
    lock = case_file.mark.path.with_name(f"{case_file.case.settings.id}.mark-lock")
    lock.unlink()
    (tmp_path / "elsewhere").write_text("mine")
    lock.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(RingbackError) as caught:
        case_file.mark.replace(MarkFacts(9, "x"))
    assert caught.value.code == "mark_unwritable"
    assert (tmp_path / "elsewhere").read_text() == "mine"


def test_lacking_records_are_described_in_words():
    facts = MarkFacts(7, "h", batches={"B-001": BatchMark(3, 40, "2022-11-24T12:00:00+00:00")})
    lacking = find_lacking(facts, hash_at=lambda _seq: "h", claims={"B-001": (3, 39)})
    assert lacking == ["they know of 39 claims of batch B-001, and 40 were made"]
    assert find_lacking(facts, hash_at=lambda _seq: "h", claims={"B-001": (3, 40)}) == []
    assert find_lacking(facts, hash_at=lambda _seq: "h", claims={"B-001": (4, 41)}) == []
    assert find_lacking(facts, hash_at=lambda _seq: "h", claims={"B-001": (2, 40)}) == [
        "they do not know the last sender of batch B-001"
    ]
    assert len(find_lacking(facts, hash_at=lambda _seq: None, claims={})) == 2
