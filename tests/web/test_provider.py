"""The app for the provider's callbacks: who may call it, what it accepts, and what it never says."""

import json
import logging
from functools import partial

import pytest
from sqlalchemy import event

from alert_rows import NOON, add_alert, add_batch, alert_row, make_case_file, number_of, reference_of, rows_of
from ringback.alerting.inbound.callback_tokens import OVERLAP, PURPOSES, load_tokens, make_tokens, tokens_file
from ringback.errors import RingbackError
from ringback.records.alert_tables import receipts, replies, suppressions
from ringback.web.kernel.logs import MaskingFormatter
from ringback.web.provider import app as app_module
from ringback.web.provider.app import LARGEST_BODY, create_app
from ringback.web.provider.callers import ANYBODY, find_caller

RECEIPT = {
    "id": "740e5834-3a29-46b4-9a6f-16142fde533a",
    "reference": reference_of(1),
    "to": number_of(1),
    "status": "delivered",
    "completed_at": "2022-11-24T11:00:05.000000Z",
}
REPLY = {
    "id": "r-1",
    "source_number": "447700900123",
    "destination_number": "447700900999",
    "message": "STOP",
    "date_received": "2022-11-24T11:59:58.000000Z",
}
BODIES = {"receipts": RECEIPT, "replies": REPLY}


@pytest.fixture
def case_file(tmp_path):
    made = make_case_file(tmp_path)
    add_batch(made)
    return made


@pytest.fixture
def tokens(case_file):
    return make_tokens(case_file, now=NOON)


@pytest.fixture
def app(case_file, tokens):
    return create_app(case_file, clock=case_file.clock)


@pytest.fixture
def post(app, tokens):
    """Post to a route, with the right token unless told otherwise."""

    def send(purpose="receipts", body=None, *, token=None, path=None, **options):
        options.setdefault("headers", {"Authorization": f"Bearer {token or tokens[purpose]}"})
        if "data" not in options:
            options["json"] = BODIES[purpose] if body is None else body
        return app.test_client().post(path or f"/{purpose}", **options)

    return send


# Structure.


def test_every_route_says_who_may_call_it_and_none_has_a_place_for_a_number(app):
    rules = list(app.url_map.iter_rules())
    assert {rule.rule for rule in rules} == {"/receipts", "/replies", "/health"}
    for rule in rules:
        assert find_caller(app.view_functions[rule.endpoint]) in {*PURPOSES, ANYBODY}
        assert rule.arguments == set()


def test_only_the_route_without_data_is_for_anybody(app):
    open_to_all = [name for name, view in app.view_functions.items() if find_caller(view) == ANYBODY]
    assert open_to_all == ["health"]


def test_a_route_that_does_not_say_who_may_call_it_is_refused(app, caplog):
    app.add_url_rule("/new", view_func=lambda: "secret", endpoint="new")
    answer = app.test_client().get("/new")
    assert answer.status_code == 500
    assert b"secret" not in answer.data


# Accepted callbacks.


def test_a_receipt_is_taken(case_file, post):
    alert = add_alert(case_file)
    answer = post()
    assert (answer.status_code, answer.data) == (204, b"")
    row = alert_row(case_file, alert)
    assert (row.state, row.delivery, row.notification_id) == ("accepted", "delivered", RECEIPT["id"])
    assert post().status_code == 204
    assert len(rows_of(case_file, receipts)) == 1


def test_a_reply_is_taken(case_file, post):
    assert post("replies").status_code == 204
    assert post("replies").status_code == 204
    assert [row.kind for row in rows_of(case_file, replies)] == ["stop"]
    assert len(rows_of(case_file, suppressions)) == 1


def test_unknown_fields_are_ignored(post):
    assert post(body={**RECEIPT, "new": {"a": [1, None]}}).status_code == 204


def test_a_stranger_is_no_error(post):
    assert post(body={**RECEIPT, "reference": "somebody else's", "to": "07700 900 777"}).status_code == 204


def test_health_says_nothing_but_that_it_is_up(app):
    answer = app.test_client().get("/health")
    assert (answer.status_code, answer.json) == (200, {"up": True})


# Who may call.

WRONG = {
    "none": {},
    "empty": {"Authorization": ""},
    "other scheme": {"Authorization": "Basic abc"},
    "no scheme": {"Authorization": "{receipts}"},
    "empty bearer": {"Authorization": "Bearer "},
    "short": {"Authorization": "Bearer x"},
    "long": {"Authorization": "Bearer " + "x" * 5000},
    "other purpose": {"Authorization": "Bearer {replies}"},
    "cut": {"Authorization": "Bearer {receipts:.42}"},
    "longer": {"Authorization": "Bearer {receipts}x"},
    "odd bytes": {"Authorization": "Bearer \xff\xfe"},
}


@pytest.mark.parametrize("headers", WRONG.values(), ids=WRONG.keys())
def test_every_wrong_token_gets_the_same_refusal(case_file, post, tokens, headers):
    given = {name: value.format(**tokens) for name, value in headers.items()}
    answer = post(headers=given)
    assert (answer.status_code, answer.json) == (401, {"error": "unauthorized"})
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.data == post(headers={}).data
    assert rows_of(case_file, receipts) == []


def test_the_scheme_may_be_written_in_any_case(post, tokens):
    assert post(headers={"Authorization": f"bearer {tokens['receipts']}"}).status_code == 204


def test_without_the_right_token_the_body_is_not_read(post):
    for body in (b"{", b"x" * (LARGEST_BODY + 1)):
        assert post(data=body, headers={}).status_code == 401


def test_every_token_is_compared_whole(monkeypatch, post, tokens):
    """All digests, of equal length, are compared, however wrong the token is."""
    seen = []
    real = app_module.is_good.__globals__["hmac"].compare_digest

    def compare(one, other):
        seen.append((len(one), len(other)))
        return real(one, other)

    monkeypatch.setattr(app_module.is_good.__globals__["hmac"], "compare_digest", compare)
    for token in ("x", "x" * 1000, tokens["replies"], tokens["receipts"]):
        seen.clear()
        post(token=token)
        assert seen == [(64, 64)] * len(PURPOSES)


def test_tokens_are_kept_as_digests_readable_by_their_owner_alone(case_file, tokens):
    path = tokens_file(case_file)
    assert path.stat().st_mode & 0o777 == 0o600
    assert not any(token in path.read_text() for token in tokens.values())
    told = " ".join(entry.facts for entry in case_file.log.entries())
    assert "provider_tokens_made" in [entry.what for entry in case_file.log.entries()]
    assert not any(token in told for token in tokens.values())


def test_new_tokens_work_at_once_and_the_old_ones_for_an_hour(case_file, post, tokens):
    case_file.clock.sleep(3600 * 24)
    new = make_tokens(case_file, now=case_file.clock.now())
    assert post(token=new["receipts"]).status_code == 204
    assert post(token=tokens["receipts"]).status_code == 204
    case_file.clock.sleep(OVERLAP.total_seconds())
    assert post(token=tokens["receipts"]).status_code == 401
    assert post(token=new["receipts"]).status_code == 204


def test_tokens_made_twice_end_a_stolen_one_at_once(case_file, post, tokens):
    for _ in range(2):
        case_file.clock.sleep(1)
        new = make_tokens(case_file, now=case_file.clock.now())
    assert post(token=tokens["receipts"]).status_code == 401
    assert post(token=new["receipts"]).status_code == 204


def test_without_tokens_the_answer_makes_the_provider_retry(case_file, post):
    """A 401 would lose the callback: the provider would never send it again."""
    tokens_file(case_file).unlink()
    assert post().status_code == 503
    tokens_file(case_file).write_text("rubbish\n")
    assert post().status_code == 503
    with pytest.raises(RingbackError) as caught:
        load_tokens(case_file)
    assert caught.value.code == "tokens_missing"


# Unusable callbacks.


@pytest.mark.parametrize(
    ("purpose", "changed", "field"),
    [
        ("receipts", {"id": None}, "id"),
        ("receipts", {"status": 7}, "status"),
        ("replies", {"id": ""}, "id"),
        ("replies", {"source_number": None}, "source_number"),
        ("replies", {"message": 5}, "message"),
    ],
)
def test_nonsense_is_a_400_that_names_the_field_alone(post, purpose, changed, field):
    answer = post(purpose, {**BODIES[purpose], **changed})
    assert answer.status_code == 400
    assert answer.json["error"] == "callback_bad"
    assert answer.json["field"] == field
    assert b"7700" not in answer.data


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"nothing", b"[" * 60_000, b'{"id": ' + b"9" * 5000 + b"}"])
def test_a_body_that_is_not_json_is_a_400(post, body):
    answer = post(data=body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json["field"] in ("body", "id")


@pytest.mark.parametrize("body", [[], "x", 1, None, True])
def test_json_that_is_no_object_is_a_400(post, body):
    answer = post(data=json.dumps(body), content_type="application/json")
    assert (answer.status_code, answer.json["field"]) == (400, "body")


def test_another_content_type_is_refused(post):
    answer = post(data=json.dumps(RECEIPT), content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, answer.json) == (415, {"error": "not_json"})
    assert post(data=json.dumps(RECEIPT), content_type="application/json; charset=utf-8").status_code == 204


def test_a_large_body_is_refused_and_one_just_within_is_taken(post):
    def body(size):
        filled = json.dumps({**REPLY, "message": ""})
        return filled.replace('"message": ""', f'"message": "{"x" * (size - len(filled))}"').encode()

    assert len(body(LARGEST_BODY)) == LARGEST_BODY
    assert post("replies", data=body(LARGEST_BODY), content_type="application/json").status_code == 204
    answer = post("replies", data=body(LARGEST_BODY + 1), content_type="application/json")
    assert (answer.status_code, answer.json) == (413, {"error": "body_too_large"})


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("get", "/receipts", 405),
        ("put", "/receipts", 405),
        ("options", "/receipts", 405),
        ("delete", "/replies", 405),
        ("post", "/health", 405),
        ("get", "/", 404),
        ("post", "/receipts/", 404),
        ("post", "//receipts", 404),
        ("get", "/receipts/07700900123", 404),
        ("get", "/07700900123?to=07700900123", 404),
        ("get", "/static/x", 404),
    ],
)
def test_other_methods_and_paths_are_refused_in_json_without_the_path(app, method, path, code):
    answer = getattr(app.test_client(), method)(path)
    assert answer.status_code == code
    assert list(answer.json) == ["error"]
    assert b"7700" not in answer.data
    assert "7700" not in str(answer.headers)


# Our own trouble.


def test_records_that_cannot_be_used_just_now_are_a_503(monkeypatch, case_file, post, caplog):
    def busy(*_args, **_facts):
        raise RingbackError("records_unusable", problem="database is locked, while taking +447700900123")

    monkeypatch.setattr(app_module, "take_receipt", busy)
    answer = post()
    assert (answer.status_code, answer.json) == (503, {"error": "try_again"})
    assert "records_unusable" in caplog.text
    assert "00900123" not in caplog.text
    monkeypatch.undo()
    assert post().status_code == 204


def _wait_shortly(connection, *, milliseconds):
    """Wait only this long for a lock, instead of the usual half minute."""
    connection.exec_driver_sql(f"PRAGMA busy_timeout = {milliseconds}")


@pytest.mark.slow
def test_a_locked_database_is_a_503_and_the_same_receipt_is_taken_later(case_file, post):
    blocker = case_file.records.raw_connection()
    quick = partial(_wait_shortly, milliseconds=50)
    event.listen(case_file.records, "begin", quick, insert=True)
    try:
        blocker.execute("BEGIN IMMEDIATE")
        assert post().status_code == 503
    finally:
        blocker.rollback()
        blocker.close()
        event.remove(case_file.records, "begin", quick)
    assert post().status_code == 204


def test_a_missing_key_is_a_503(case_file, post):
    keys = case_file.settings.keys_dir / f"{case_file.case.settings.id}.keys"
    kept = keys.rename(keys.with_name("kept"))
    assert post("replies").status_code == 503
    assert post().status_code == 503
    kept.rename(keys)
    assert post("replies").status_code == 204


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_fault_is_a_500_and_its_log_is_masked(monkeypatch, post, purpose, caplog):
    def broken(*_args, **_facts):
        raise ValueError("cannot read +447700900123 of 07700 900 123")

    monkeypatch.setattr(app_module, f"take_{purpose.removesuffix('s').replace('replie', 'reply')}", broken)
    answer = post(purpose)
    assert (answer.status_code, answer.json) == (500, {"error": "fault"})
    assert "Traceback" in caplog.text
    assert "cannot read" in caplog.text
    assert "900123" not in caplog.text
    assert "900 123" not in caplog.text


def test_log_lines_of_others_are_masked_too(caplog):
    line = logging.LogRecord("waitress", logging.INFO, "", 1, "bad request for %s", ("/07700900123",), None)
    try:
        raise ValueError("number 07700900123")
    except ValueError as error:
        line.exc_info = (type(error), error, error.__traceback__)
    told = MaskingFormatter("%(message)s").format(line)
    assert "bad request for /*********23" in told
    assert "ValueError" in told
    assert "7700900" not in told


def test_nothing_of_a_callback_is_logged(post, caplog):
    caplog.set_level(logging.DEBUG)
    post()
    post("replies", {**REPLY, "message": "My code is 482913"})
    post(body={**RECEIPT, "id": 7})
    post(path="/07700900123")
    for secret in ("7700", "482913", RECEIPT["reference"]):
        assert secret not in caplog.text
