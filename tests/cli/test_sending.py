"""alerts send, stop and status as people run them: exit codes, and what is shown and logged."""

from ringback.alerting.senders.base import Outcome
from ringback.alerting.senders.outbox import Outbox
from ringback.records.batches import get_batch

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


def test_a_batch_that_is_over_cannot_be_stopped_and_the_log_tells_who_tried(drama_case):
    drama_case.approved()
    drama_case.alerts("olga", "send", "B-001")
    for batch, code in (("B-001", "batch_not_running"), ("B-009", "batch_unknown")):
        done = drama_case.alerts("olga", "stop", batch, "--why", "too late")
        assert (done.code, done.json["error"]) == (2, code)
        told = {"batch": batch, "what": "stop", "error": code, "who": "olga"}
        assert drama_case.log("refused")[-1] == told


def test_a_page_of_what_nobody_approved_is_refused_and_the_log_tells_who_tried(drama_case, tmp_path):
    drama_case.planned()
    done = drama_case.alerts("bob", "page", "B-001", "--out", tmp_path / "page")
    assert (done.code, done.json["error"]) == (2, "batch_not_approved")
    told = {"batch": "B-001", "what": "page", "error": "batch_not_approved", "who": "bob"}
    assert drama_case.log("refused")[-1] == told
    assert not (tmp_path / "page").exists()


def test_a_number_in_the_reason_of_a_stop_is_masked_in_the_records_and_on_the_screen(drama_case):
    drama_case.approved()
    assert drama_case.alerts("olga", "stop", "B-001", "--why", "caller 07700 900123 asked").code == 0
    assert get_batch(drama_case.open().records, "B-001").state_why == "caller ***** ****23 asked"
    shown = drama_case.run("vera", "alerts", "status", "B-001").out + drama_case.run("vera", "alerts", "list").out
    assert "****23 asked" in shown
    assert "900123" not in shown


def test_a_number_in_the_folder_of_a_page_is_masked_in_the_log(drama_case, tmp_path):
    drama_case.approved()
    assert drama_case.alerts("bob", "page", "B-001", "--out", tmp_path / "pages" / "07700900123").code == 0
    assert drama_case.log("campaign_page_written")[-1]["folder"].endswith("/pages/*********23")
