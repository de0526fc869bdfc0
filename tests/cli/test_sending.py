"""alerts send, stop and status as people run them: exit codes, and what is shown and logged."""

from ringback.alerting.senders.base import Outcome
from ringback.alerting.senders.outbox import Outbox

REASON = "ValidationError: phone_number Not enough digits"


def test_rejected_alerts_end_in_exit_code_1(drama_case, monkeypatch):
    drama_case.approved()
    accept = Outbox.send

    def reject_one(sender, message):
        if message.number == "+447700900123":
            return Outcome("rejected", REASON)
        return accept(sender, message)

    monkeypatch.setattr(Outbox, "send", reject_one)
    done = drama_case.alerts("olga", "send", "B-001")
    assert (done.code, done.json["end"]) == (1, "finished")
    assert done.json["alerts"] == {"accepted": 3, "rejected": 1}
    shown = drama_case.alerts("vera", "status", "B-001")
    assert (shown.code, shown.json[0]["needs_a_look"]) == (1, True)
    assert shown.json[0]["reasons"] == {"rejected": {REASON: 1}}


def test_a_batch_of_which_all_were_accepted_ends_in_exit_code_0(drama_case):
    drama_case.approved()
    assert drama_case.alerts("olga", "send", "B-001").code == 0
    assert drama_case.alerts("vera", "status", "B-001").code == 0
