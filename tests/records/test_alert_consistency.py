"""Impossible alerts are counted the same on SQLite and on PostgreSQL."""

from alert_rows import add_alert, add_batch, make_case_file
from ringback.records.alert_consistency import count_ended_unsent, count_impossible, read_sealed


def test_only_impossible_alerts_are_counted_each_under_its_fault(tmp_path, records_engine):
    case_file = make_case_file(tmp_path, records_engine)
    add_batch(case_file)
    add_alert(case_file, 1, state="waiting", outcomes=())
    add_alert(case_file, 2, state="accepted", outcomes=("accepted",), notification_id="n-2")
    suppressed = add_alert(case_file, 3, state="suppressed", outcomes=(), sealed=None)
    with records_engine.connect() as connection:
        assert count_impossible(connection, "B-001", approved=True, ended=False, told=()) == {}
        assert count_ended_unsent(connection, "B-001") == {"suppressed": 1}
        assert [row.place for row in read_sealed(connection, "B-001")] == [1]
    add_alert(case_file, 4, state="accepted", outcomes=())
    add_alert(case_file, 5, state="waiting", outcomes=("accepted",), attempt=3)
    with records_engine.connect() as connection:
        assert count_impossible(connection, "B-001", approved=True, ended=True, told=()) == {
            "accepted, but without the provider's id": 1,
            "tried according to their state, but without any attempt": 1,
            "to be sent, though the provider has taken it": 1,
            "with another number of attempts than recorded": 1,
            "still open, though the batch was sent to its end": 2,
        }
        gone_on = count_impossible(connection, "B-001", approved=False, ended=False, told=(suppressed,))
        assert gone_on["gone on, though nobody ever approved the batch"] == 3
