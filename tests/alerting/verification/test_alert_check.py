"""The check of an alert: the answers, and that nobody can tell a near miss from a miss."""

import json
import multiprocessing
from dataclasses import asdict, replace
from datetime import timedelta

import pytest
from sqlalchemy import event, update

from alert_rows import NOON, add_alert, add_batch, make_case_file, rows_of
from check_attacks import START, ask_once, guess_all
from ringback.alerting.model import references
from ringback.alerting.model.states import ALERT_STATES
from ringback.alerting.verification import alert_check
from ringback.alerting.verification.alert_check import GENUINE, LATER, NOT_CONFIRMED, check_alert
from ringback.errors import RingbackError
from ringback.keys import KeyRing, load_keys
from ringback.records.alert_tables import batches, check_slots
from ringback.records.db import writing
from ringback.records.tables import audit
from still_clock import StillClock

# Always the same one: the names of tests hold it.
REFERENCE = references.new_reference(lambda count: bytes(range(1, count + 1)))
OTHERS = {state: references.new_reference() for state in ALERT_STATES}
QUESTIONS = {"hit": (REFERENCE, "0001"), "near miss": (REFERENCE, "0002"), "miss": (OTHERS["waiting"], "0001")}


@pytest.fixture
def case_file(tmp_path):
    """A case with one alert that was accepted: REFERENCE, to a number that ends in 0001."""
    made = make_case_file(tmp_path)
    add_batch(made)
    add_alert(made, state="accepted", accepted_at=NOON, check_digest=digest(made, REFERENCE, "0001"))
    return made


def digest(case_file, reference, last_four):
    return references.check_digest(case_file.keys(), reference, last_four)


def ask(case_file, reference=REFERENCE, last_four="0001", *, source="192.0.2.1", clock=None, **options):
    return check_alert(
        case_file,
        case_file.keys(),
        reference_text=reference,
        last_four=last_four,
        source=source,
        clock=clock or case_file.clock,
        **options,
    )


def test_reference_and_digits_that_belong_together_are_genuine(case_file):
    answer = ask(case_file, references.show(REFERENCE).lower(), " 0001 ")
    assert answer.kind == GENUINE
    assert "on Thursday 24 November 2022" in answer.lines[1]


def test_a_near_miss_and_a_miss_are_the_same_bytes(case_file):
    near, miss = (ask(case_file, *QUESTIONS[kind], source=kind) for kind in ("near miss", "miss"))
    assert near.kind == NOT_CONFIRMED
    assert json.dumps(asdict(near)) == json.dumps(asdict(miss))


@pytest.mark.parametrize("batch_state", ["approved", "stopped"])
@pytest.mark.parametrize("state", ALERT_STATES)
def test_alerts_are_ours_from_approval_on_and_of_a_stopped_batch_if_they_may_have_arrived(
    case_file, state, batch_state
):
    add_alert(case_file, 2, state=state, check_digest=digest(case_file, OTHERS[state], "0002"))
    with writing(case_file.records).begin() as connection:
        connection.execute(update(batches).values(state=batch_state))
    arrived = state in ("accepted", "claimed", "in_doubt", "needs_human")
    expected = arrived or (state == "waiting" and batch_state == "approved")
    assert ask(case_file, OTHERS[state], "0002").kind == (GENUINE if expected else NOT_CONFIRMED)


def test_the_sample_is_never_genuine(case_file):
    assert ask(case_file, references.SAMPLE).kind == NOT_CONFIRMED


def test_an_answer_names_no_reference_no_digits_and_never_says_fake(case_file):
    for kind, question in QUESTIONS.items():
        words = " ".join(ask(case_file, *question, source=kind).lines)
        assert not {REFERENCE, references.show(REFERENCE), "0001", "0002"} & set(words.split())
        for word in ("fake", "scam", "fraudulent", "victim", "not genuine"):
            assert word not in words.lower()


def traced(case_file, question):
    """Ask once. Returns each statement with its count of parameters, and the counts and sizes of rows written."""
    statements = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        statements.append((statement, len(parameters)))

    before = {table.name: len(rows_of(case_file, table)) for table in (check_slots, audit)}
    event.listen(case_file.records, "before_cursor_execute", note)
    answer = ask(case_file, *question, source="192.0.2.7")
    event.remove(case_file.records, "before_cursor_execute", note)
    written = {
        table.name: (len(rows_of(case_file, table)) - before[table.name], len(str(rows_of(case_file, table)[-1])))
        for table in (check_slots,)
    }
    written["audit"] = len(rows_of(case_file, audit)) - before["audit"]
    return answer, statements, written


@pytest.mark.parametrize("earlier", [0, 2])
def test_hit_near_miss_and_miss_do_the_same_work(tmp_path, earlier):
    done = {}
    for kind, question in QUESTIONS.items():
        made = make_case_file(tmp_path / kind)
        add_batch(made)
        add_alert(made, state="accepted", accepted_at=NOON, check_digest=digest(made, REFERENCE, "0001"))
        for _time in range(earlier):
            ask(made, *question, source="192.0.2.7")
        done[kind] = (*traced(made, question), made.clock.slept)
    assert done["hit"][0].kind == GENUINE
    assert done["hit"][1:] == done["near miss"][1:] == done["miss"][1:]
    assert done["near miss"][0] == done["miss"][0]
    # Something was queried at all.
    assert sum("alerts" in statement for statement, _count in done["hit"][1]) == 1


class SlowClock(StillClock):
    """A clock that advances with every look: `cost` seconds of work pass between two looks."""

    def __init__(self, cost):
        super().__init__(NOON)
        self.cost, self.slept = cost, []

    def elapsed(self):
        super().sleep(self.cost)
        return super().elapsed()

    def sleep(self, seconds):
        self.slept.append(seconds)
        super().sleep(seconds)


@pytest.mark.parametrize(("cost", "padding"), [(0.001, 0.249), (0.249, 0.001), (0.26, 0.24), (0.6, 0.15)])
def test_every_answer_comes_at_a_fixed_time_after_the_work_began(case_file, cost, padding):
    clock = SlowClock(cost)
    ask(case_file, clock=clock)
    assert clock.slept == [pytest.approx(padding)]


@pytest.mark.parametrize("kind", QUESTIONS)
def test_right_and_wrong_answers_are_throttled_alike(case_file, kind):
    clock, waits = StillClock(NOON), []
    for _time in range(6):
        waits.append(ask(case_file, *QUESTIONS[kind], clock=clock).waited_s)
    # Each answer takes a quarter of a second itself.
    assert waits == pytest.approx([0, 1.75, 1.75, 1.75, 0, 599.75])


def test_the_records_give_the_schedule_that_the_simulation_counts_on(case_file):
    clock = StillClock(START)
    for _time in range(30):
        ask(case_file, REFERENCE, "9999", clock=clock)
    ended, _desk = guess_all(1, guesses=30)
    # Each answer comes a quarter of a second after its slot.
    assert timedelta(0) < clock.now() - ended <= 2 * timedelta(seconds=alert_check.ANSWER_AFTER_S)


def test_strangers_do_not_push_back_the_recipients_slot(case_file):
    clock = StillClock(NOON)
    for stranger in range(40):
        ask(case_file, REFERENCE, "9999", source=f"stranger {stranger % 4}", clock=clock)
    answer = ask(case_file, source="recipient", clock=clock)
    assert answer.kind == GENUINE
    assert answer.waited_s <= 2


def test_an_impatient_source_hears_when_to_ask_again_and_keeps_its_slot(case_file):
    ask(case_file, source="first", patient=False)
    later = ask(case_file, source="second", patient=False)
    assert (later.kind, later.wait_s) == (LATER, pytest.approx(1.75))
    assert ask(case_file, source="third", patient=False).wait_s == pytest.approx(3.75)
    case_file.clock.sleep(later.wait_s)
    assert ask(case_file, source="second", patient=False).kind == GENUINE


def test_an_unanswered_question_is_not_logged_and_an_answered_one_once(case_file):
    before = len(case_file.log.entries())
    for source in ("first", "second"):
        ask(case_file, source=source, patient=False)
    entries = case_file.log.entries()[before:]
    assert [entry.what for entry in entries] == ["alert_checked"]
    facts = entries[0].read_facts()
    assert facts["answer"] == GENUINE
    assert not {REFERENCE, "first", "0001"} & set(facts.values())
    assert case_file.log.find_faults() == []


def test_a_clock_that_was_set_wrong_locks_nobody_out(case_file):
    ask(case_file, clock=StillClock(NOON + timedelta(days=4000)))
    ask(case_file, clock=StillClock(NOON + timedelta(days=4000)))
    assert ask(case_file, clock=StillClock(NOON)).waited_s <= 60


def test_nothing_that_was_typed_is_kept_in_the_clear(case_file):
    ask(case_file, REFERENCE, "0002", source="192.0.2.99")
    kept = str(rows_of(case_file, check_slots)) + str(rows_of(case_file, audit))
    for text in (REFERENCE, references.show(REFERENCE), "192.0.2.99", "|0002"):
        assert text not in kept


def test_an_alert_under_an_older_key_is_still_genuine(case_file):
    path = case_file.settings.keys_dir / f"{case_file.case.settings.id}.keys"
    path.write_text(path.read_text() + f"k2 {'ab' * 32}\n")
    assert isinstance(load_keys(case_file.settings.keys_dir, case_file.case.settings.id), KeyRing)
    assert ask(case_file).kind == GENUINE
    assert ask(case_file, last_four="0002", source="another").kind == NOT_CONFIRMED


@pytest.mark.parametrize(
    ("reference", "digits", "code"),
    [
        ("BCDF-GHJK-MNB", "0123", "check_reference_mistyped"),
        ("", "0123", "check_reference_mistyped"),
        (REFERENCE, "123", "check_digits_wrong"),
        (REFERENCE, "07700900123", "check_digits_wrong"),
        (REFERENCE, "\u0661\u0662\u0663\u0664", "check_digits_wrong"),
    ],
)
def test_a_malformed_question_is_an_error_and_uses_up_no_slot(case_file, reference, digits, code):
    with pytest.raises(RingbackError) as raised:
        ask(case_file, reference, digits)
    assert raised.value.code == code
    assert digits == "" or digits not in str(raised.value)
    assert rows_of(case_file, check_slots) == []


def test_the_throttle_holds_across_processes(tmp_path, case_file):
    questions = [(case_file.case.path, tmp_path / "keys", REFERENCE, f"source {number}") for number in range(12)]
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        waits = pool.starmap(ask_once, questions, chunksize=1)
    # The clock stands still: twelve processes ask, and get twelve different slots.
    assert sorted(waits) == [2.0 * place for place in range(12)]


def test_settings_name_the_force_and_its_website(case_file):
    named = {"force": "Example Police", "website": "the Example Police website"}
    settings = replace(case_file.case.settings, alerts=named)
    answer = ask(replace(case_file, case=replace(case_file.case, settings=settings)))
    assert answer.lines[1].startswith("Example Police sent a text with this reference on Thursday 24 November 2022")
    assert "find the Example Police website yourself" in answer.lines[2]
