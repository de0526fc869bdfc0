"""Asking: by reference, by page, by identifier; what is hidden and for how long."""

import time
import uuid
from dataclasses import replace

import pytest
from notifications_python_client.errors import HTTPError

from notify_standin_tests.clients import MOBILE, Plain, make_client, read_errors, send

DAY_S = 86_400


def test_a_reference_is_matched_exactly(standin, client):
    send(client, standin, reference="A-1")
    send(client, standin, reference="a-1")
    send(client, standin, reference="A-10")
    (row,) = client.get_all_notifications(reference="A-1")["notifications"]
    assert row["reference"] == "A-1"
    assert client.get_all_notifications(reference="B")["notifications"] == []


def test_one_notification_has_the_fields_of_the_api(standin, client):
    sent = send(client, standin)
    row = client.get_notification_by_id(sent["id"])
    assert row == client.get_all_notifications(reference=sent["reference"])["notifications"][0]
    assert (row["id"], row["reference"], row["phone_number"]) == (sent["id"], sent["reference"], MOBILE)
    assert (row["type"], row["status"], row["body"]) == ("sms", "created", sent["content"]["body"])
    assert (row["template"]["id"], row["template"]["version"]) == (standin.template_id, 1)
    assert (row["sent_at"], row["completed_at"]) == (None, None)
    assert row["created_at"] == standin.now()
    assert row["cost_details"]["billable_sms_fragments"] == 1
    assert {"email_address", "line_1", "postcode", "subject", "created_by_name", "scheduled_for"} <= set(row)


def test_pages_hold_250_newest_first_and_are_linked(start):
    standin = start(rate_limit=None)
    client, plain = make_client(standin), Plain(standin)
    names = [f"R{number}" for number in range(255)]
    for name in names:
        plain.post(reference=name)
    first = client.get_all_notifications()
    assert [row["reference"] for row in first["notifications"]] == names[:4:-1]
    assert first["links"]["current"] == f"{standin.url}/v2/notifications"
    assert first["links"]["next"] == f"{standin.url}/v2/notifications?older_than={first['notifications'][-1]['id']}"
    second = client.get_all_notifications(older_than=first["notifications"][-1]["id"])
    assert [row["reference"] for row in second["notifications"]] == names[4::-1]
    third = client.get_all_notifications(older_than=second["notifications"][-1]["id"])
    assert (third["notifications"], "next" in third["links"]) == ([], False)
    assert [row["reference"] for row in client.get_all_notifications_iterator()] == names[::-1]


def test_the_link_to_the_next_page_keeps_the_question(standin, client):
    send(client, standin, reference="A 1")
    links = client.get_all_notifications(reference="A 1", status="created")["links"]
    assert links["current"].endswith("?status=created&reference=A+1")
    assert "status=created&reference=A+1&older_than=" in links["next"]


def test_older_than_something_unknown_is_nothing(standin, client):
    send(client, standin)
    assert client.get_all_notifications(older_than=str(uuid.UUID(int=3)))["notifications"] == []


def test_a_list_shows_only_what_a_key_of_the_same_type_sent(start):
    standin = start(guest_list=(MOBILE,))
    clients = {key_type: make_client(standin, key_type) for key_type in standin.keys}
    for key_type, client in clients.items():
        send(client, standin, reference=f"by-{key_type}")
    for key_type, client in clients.items():
        rows = client.get_all_notifications()["notifications"]
        assert [row["reference"] for row in rows] == [f"by-{key_type}"]
        assert client.get_all_notifications(reference="by-live")["notifications"] == (
            rows if key_type == "live" else []
        )


def test_by_its_identifier_any_key_of_the_service_finds_it(standin, client):
    sent = send(client, standin)
    assert make_client(standin, "test").get_notification_by_id(sent["id"])["id"] == sent["id"]


def test_statuses_are_filtered(standin, client):
    send(client, standin, reference="A")
    send(client, standin, reference="B")
    standin.set_status("permanent-failure", reference="B")
    assert Plain(standin).references("?status=created") == ["A"]
    assert Plain(standin).references("?status=failed") == ["B"]
    assert Plain(standin).references("?status=created&status=permanent-failure") == ["B", "A"]
    assert Plain(standin).references("?template_type=email") == []


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("?status=lost", "status lost is not one of ["),
        ("?template_type=fax", "template_type fax is not one of [sms, email, letter]"),
        ("?older_than=x", "older_than is not a valid UUID"),
        ("?colour=red", "Additional properties are not allowed (colour was unexpected)"),
    ],
)
def test_a_wrong_question_is_a_400(plain, query, message):
    status, body = plain.get(f"/v2/notifications{query}")
    ((kind, words),) = read_errors(body)
    assert (status, kind) == (400, "ValidationError")
    assert words.startswith(message)


def test_what_there_is_not_is_a_404(plain):
    status, body = plain.get(f"/v2/notifications/{uuid.UUID(int=4)}")
    assert (status, read_errors(body)) == (404, [("NoResultFound", "No result found")])
    status, body = plain.get("/v2/notifications/4")
    assert (status, read_errors(body)) == (400, [("ValidationError", "notification_id is not a valid UUID")])


def test_after_seven_days_absence_means_nothing(standin, plain):
    _, sent = plain.post(reference="OLD")
    plain.post(reference="NEW")
    standin.age(7 * DAY_S, reference="OLD")
    assert plain.references("?reference=OLD") == ["OLD"]
    standin.age(1, reference="OLD")
    assert plain.references("?reference=OLD") == []
    assert plain.get(f"/v2/notifications/{sent['id']}")[0] == 404
    assert plain.references() == ["NEW"]
    assert [row["reference"] for row in standin.ledger()] == ["OLD", "NEW"]
    standin.advance(7 * DAY_S + 1)
    assert plain.references() == []


def test_retention_is_a_setting_of_the_service_and_can_be_changed(start):
    standin = start(retention_s=3 * DAY_S)
    plain = Plain(standin)
    _, sent = plain.post(reference="OLD")
    standin.advance(2 * DAY_S)
    plain.post(reference="NEW")

    def shown():
        by_id = plain.get(f"/v2/notifications/{sent['id']}")[0] == 200
        return by_id, plain.references("?reference=OLD") == ["OLD"], "OLD" in plain.references()

    assert shown() == (True, True, True)
    standin.advance(DAY_S + 1)
    assert shown() == (False, False, False)
    assert plain.references() == ["NEW"]
    assert plain.references(f"?older_than={sent['id']}") == []
    standin.set_retention(7 * DAY_S)
    assert shown() == (True, True, True)
    standin.set_retention(0.5 * DAY_S)
    assert shown() == (False, False, False)
    assert plain.references() == []


@pytest.mark.slow
def test_seventy_thousand_rows_are_paged_in_a_few_seconds(start):
    standin = start(rate_limit=None)
    client, plain = make_client(standin), Plain(standin)
    plain.post()
    (first,) = standin.provider.notifications.all()
    for number in range(1, 70_000):
        row = replace(first, id=str(uuid.UUID(int=number)), order=number + 1, reference=f"R{number}")
        standin.provider.notifications.add(row)
    began = time.monotonic()
    pages = [client.get_all_notifications()]
    while "next" in pages[-1]["links"]:
        pages.append(client.get_all_notifications(older_than=pages[-1]["notifications"][-1]["id"]))
    took = time.monotonic() - began
    references = [row["reference"] for page in pages for row in page["notifications"]]
    assert references == [*(f"R{number}" for number in range(69_999, 0, -1)), first.reference]
    assert len(pages) == 281
    assert (standin.counts()["gets"], standin.counts()["error_RateLimitError"]) == (281, 0)
    assert took < 30


def test_the_order_holds_when_some_are_made_older(standin, plain):
    for name in "ABCD":
        plain.post(reference=name)
        standin.advance(10)
    standin.age(25, reference="C")
    assert plain.references() == ["D", "B", "A", "C"]
    ids = {row["reference"]: row["id"] for row in standin.ledger()}
    assert plain.references(f"?older_than={ids['B']}") == ["A", "C"]


def test_a_template_and_its_versions(standin, client):
    assert standin.set_template("New words ((reference))") == 2
    newest = client.get_template(standin.template_id)
    assert (newest["version"], newest["body"], newest["type"]) == (2, "New words ((reference))", "sms")
    assert client.get_template_version(standin.template_id, 1)["body"].startswith("Metro Police")
    assert send(client, standin, reference="Z")["content"]["body"] == "New words Z"
    for missing in (client.get_template(standin.template_id), 7), (str(uuid.UUID(int=2)), 1):
        template_id = missing[0] if isinstance(missing[0], str) else standin.template_id
        with pytest.raises(HTTPError) as caught:
            client.get_template_version(template_id, missing[1])
        assert caught.value.status_code == 404


def test_texts_that_came_in_are_listed_newest_first(standin, client):
    first = standin.receive_text("447700900123", "STOP")
    second = standin.receive_text("447700900124", "CHECK")
    texts = list(client.get_received_texts_iterator())
    assert [(text["id"], text["user_number"], text["content"]) for text in texts] == [
        (second, "447700900124", "CHECK"),
        (first, "447700900123", "STOP"),
    ]
