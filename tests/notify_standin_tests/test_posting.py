"""Sending: what is accepted, what comes back, what is refused and in which words."""

import uuid

import pytest
from notifications_python_client.errors import HTTPError

from notify_standin_tests.clients import MOBILE, REFERENCE, Plain, make_client, read_errors, send


def test_the_201_carries_id_reference_version_and_the_rendered_text(standin, client):
    answer = send(client, standin, sms_sender_id=standin.sms_sender_id)
    assert answer == {
        "id": answer["id"],
        "reference": REFERENCE,
        "content": {
            "body": "Metro Police: this number was called by a fraud service. Search for our alert page. "
            "Your reference is K7QF-2M",
            "from_number": "07700900500",
        },
        "uri": f"{standin.url}/v2/notifications/{answer['id']}",
        "template": {
            "id": standin.template_id,
            "version": 1,
            "uri": f"{standin.url}/services/{standin.service_id}/templates/{standin.template_id}",
        },
        "scheduled_for": None,
    }
    assert str(uuid.UUID(answer["id"])) == answer["id"]


def test_the_same_reference_twice_is_two_messages(standin, client):
    first, second = send(client, standin), send(client, standin)
    assert first["id"] != second["id"]
    assert [row["id"] for row in standin.accepted_by_reference()[REFERENCE]] == [first["id"], second["id"]]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"phone_number": None}, ["phone_number is a required property"]),
        ({"template_id": None}, ["template_id is a required property"]),
        ({"template_id": "alert"}, ["template_id is not a valid UUID"]),
        ({"sms_sender_id": "us"}, ["sms_sender_id is not a valid UUID"]),
        ({"colour": "red"}, ["Additional properties are not allowed (colour was unexpected)"]),
        ({"reference": 7}, ["reference 7 is not of type string"]),
        ({"personalisation": "Ann"}, ["personalisation Ann is not of type object"]),
        ({"phone_number": "call me"}, ["phone_number Must not contain letters or symbols"]),
        ({"phone_number": "07700"}, ["phone_number Not enough digits"]),
        (
            {"phone_number": None, "template_id": "x"},
            ["phone_number is a required property", "template_id is not a valid UUID"],
        ),
    ],
)
def test_a_wrong_form_is_a_400_with_every_fault(standin, plain, fields, expected):
    status, body = plain.post(**fields)
    assert (status, body["status_code"]) == (400, 400)
    assert read_errors(body) == [("ValidationError", message) for message in expected]
    assert standin.ledger() == []


def test_a_reference_has_a_thousand_characters_at_most(standin, plain):
    assert plain.post(reference="r" * 1000)[0] == 201
    status, body = plain.post(reference="r" * 1001)
    assert status == 400
    assert read_errors(body) == [("ValidationError", f"reference {'r' * 1001} is too long")]


@pytest.mark.parametrize("body", [b"", b"{", b"number=1"])
def test_what_is_not_json_is_a_400(plain, body):
    status, _, answer = plain.ask("POST", "/v2/notifications/sms", body)
    assert status == 400
    assert read_errors(answer) == [("BadRequestError", "Invalid JSON supplied in POST data")]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"personalisation": None}, "Missing personalisation: reference"),
        ({"personalisation": {"reference": None}}, "Missing personalisation: reference"),
        ({"template_id": str(uuid.UUID(int=5))}, "Template not found"),
    ],
)
def test_a_right_form_with_wrong_content_is_a_400(plain, fields, message):
    status, body = plain.post(**fields)
    assert status == 400
    assert read_errors(body) == [("BadRequestError", message)]


def test_an_unknown_sender_is_a_400(standin, plain):
    unknown = str(uuid.UUID(int=9))
    _, body = plain.post(sms_sender_id=unknown)
    expected = f"sms_sender_id {unknown} does not exist in database for service id {standin.service_id}"
    assert read_errors(body) == [("BadRequestError", expected)]


def test_the_client_sees_a_400_as_an_error_with_the_providers_words(standin, client):
    with pytest.raises(HTTPError) as caught:
        send(client, standin, personalisation={})
    assert caught.value.status_code == 400
    assert caught.value.message == [{"error": "BadRequestError", "message": "Missing personalisation: reference"}]


def test_918_characters_and_no_more(standin, plain):
    template_id = standin.add_template("((text))")
    assert plain.post(template_id=template_id, personalisation={"text": "x" * 918})[0] == 201
    status, body = plain.post(template_id=template_id, personalisation={"text": "x" * 919})
    assert status == 400
    expected = (
        "Your message is too long. Text messages cannot be longer than 918 characters. "
        "Your message is 919 characters long."
    )
    assert read_errors(body) == [("BadRequestError", expected)]
    assert read_errors(plain.post(template_id=template_id, personalisation={"text": " "})[1]) == [
        ("BadRequestError", "Your message is empty.")
    ]


def test_web_addresses_in_personalisation_are_not_stripped(standin, plain):
    template_id = standin.add_template("See ((place))")
    _, body = plain.post(template_id=template_id, personalisation={"place": "https://force.example/x"})
    assert body["content"]["body"] == "See https://force.example/x"


def test_a_team_key_sends_to_guests_alone(start):
    standin = start(guest_list=("+44 7700 900124",))
    client = make_client(standin, "team")
    send(client, standin, number="07700900124")
    with pytest.raises(HTTPError) as caught:
        send(client, standin, number=MOBILE)
    assert caught.value.status_code == 400
    assert caught.value.message == [
        {"error": "BadRequestError", "message": "Can’t send to this recipient using a team-only API key"}
    ]
    assert [row["number"] for row in standin.ledger()] == ["+447700900124"]


@pytest.mark.parametrize("number", ["07700900000", "+447700900111", "07700 900222"])
def test_three_numbers_are_answered_and_never_stored(standin, client, number):
    answer = send(client, standin, number=number)
    assert answer["reference"] == REFERENCE
    assert standin.ledger() == []
    with pytest.raises(HTTPError) as caught:
        client.get_notification_by_id(answer["id"])
    assert caught.value.status_code == 404


def test_only_texts_are_sent_here(plain):
    status, _, body = plain.ask("POST", "/v2/notifications/email", {"email_address": "a@force.example"})
    assert status == 400
    assert read_errors(body) == [("BadRequestError", "Service is not allowed to send emails")]


def test_there_is_no_cancel(standin, plain):
    _, sent = plain.post()
    assert plain.ask("DELETE", f"/v2/notifications/{sent['id']}")[0] == 404
    assert plain.ask("POST", f"/v2/notifications/{sent['id']}/cancel", {})[0] == 404
    assert len(standin.ledger()) == 1


def test_many_requests_go_over_one_connection(standin):
    plain = Plain(standin)
    assert [plain.post()[0] for _ in range(3)] == [201] * 3
    assert len({request["connected_at"] for request in standin.requests()}) == 1
    assert plain.connection.sock is not None
