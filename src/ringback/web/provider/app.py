"""The app for the provider's callbacks: three routes, no page, and no phone number in any answer.

The provider retries after a 5xx, never after a 4xx. So a 4xx means that a callback could never be taken, and all our
own trouble is a 503. Nothing that the provider sends is repeated in an answer or a log.
"""

import json
import logging
import traceback
from collections.abc import Callable, Mapping

from flask import Flask, Response, request
from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge, UnsupportedMediaType

from ringback.alerting.inbound.callback_tokens import is_good, load_tokens
from ringback.alerting.inbound.receipts import read_receipt, take_receipt
from ringback.alerting.inbound.replies import read_reply, take_reply
from ringback.case.case_file import CaseFile
from ringback.clock import Clock
from ringback.errors import RingbackError
from ringback.numbers.masking import mask_numbers
from ringback.web.provider.callers import ANYBODY, callable_by, find_caller

LARGEST_BODY = 64 * 1024
log = logging.getLogger("ringback.provider")


def create_app(case_file: CaseFile, *, clock: Clock) -> Flask:
    """The app for one case.

    Args:
        case_file: The case whose alerts the callbacks are about.
        clock: The time.
    """
    app = Flask("ringback.provider", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.url_map.merge_slashes = False
    _add_routes(app, case_file, clock)
    _add_guard(app, case_file, clock)
    app.register_error_handler(HTTPException, _answer_refusal)
    app.register_error_handler(RingbackError, _answer_error)
    app.register_error_handler(Exception, _answer_fault)
    return app


def _add_routes(app: Flask, case_file: CaseFile, clock: Clock) -> None:
    @callable_by("receipts")
    def receipts() -> Response:
        receipt = read_receipt(_read_object(), case_file.keys())
        take_receipt(case_file, receipt, came_by="callback", now=clock.now())
        return Response(status=204)

    @callable_by("replies")
    def replies() -> Response:
        take_reply(case_file, read_reply(_read_object()), now=clock.now())
        return Response(status=204)

    @callable_by(ANYBODY)
    def health() -> Response:
        return _answer(200, {"up": True})

    for rule, view, method in (
        ("/receipts", receipts, "POST"),
        ("/replies", replies, "POST"),
        ("/health", health, "GET"),
    ):
        app.add_url_rule(rule, view_func=view, methods=[method], provide_automatic_options=False)


def _add_guard(app: Flask, case_file: CaseFile, clock: Clock) -> None:
    @app.before_request
    def guard() -> Response | None:
        if request.endpoint is None:
            # No such route or method: anybody gets that answer.
            return None
        caller = find_caller(app.view_functions.get(request.endpoint))
        if caller == ANYBODY:
            return None
        if caller is None:
            raise RuntimeError(f"the route {request.endpoint} does not say who may call it")
        if _is_good_header(case_file, caller, request.headers.get("Authorization", ""), clock):
            return None
        refusal = _answer(401, {"error": "unauthorized"})
        refusal.headers["WWW-Authenticate"] = "Bearer"
        return refusal


def make_doorkeeper(app: Flask, case_file: CaseFile, *, clock: Clock) -> Callable[[str, str], bool]:
    """A function of path and Authorization header: whether they show a good token.

    It only decides whether to read the body. The app checks every request again.
    """
    purposes = {rule.rule: find_caller(app.view_functions.get(rule.endpoint)) for rule in app.url_map.iter_rules()}

    def shows_token(path: str, authorization: str) -> bool:
        purpose = purposes.get(path)
        if purpose is None or purpose == ANYBODY:
            return False
        try:
            return _is_good_header(case_file, purpose, authorization, clock)
        except (RingbackError, ValueError):
            # The app has the same trouble, and answers with it.
            return False

    return shows_token


def _is_good_header(case_file: CaseFile, purpose: str, authorization: str, clock: Clock) -> bool:
    scheme, _space, token = authorization.partition(" ")
    token = token.strip() if scheme.lower() == "bearer" else ""
    return is_good(load_tokens(case_file), purpose, token, now=clock.now())


def _read_object() -> Mapping[str, object]:
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    try:
        found = json.loads(request.get_data(cache=False))
    except (ValueError, RecursionError) as error:
        raise RingbackError("callback_bad", field="body", problem="is not JSON") from error
    if not isinstance(found, dict):
        raise RingbackError("callback_bad", field="body", problem="is not a JSON object")
    return found


def _answer(code: int, content: Mapping[str, object]) -> Response:
    return Response(json.dumps(content) + "\n", status=code, content_type="application/json")


def _answer_refusal(error: HTTPException) -> Response:
    """Answer 404, 405, 413, 415 and the like in JSON, without repeating the request."""
    names = {RequestEntityTooLarge: "body_too_large", UnsupportedMediaType: "not_json", BadRequest: "bad_request"}
    code = error.code or 500
    answer = _answer(code, {"error": names.get(type(error), error.name.lower().replace(" ", "_"))})
    for name, value in error.get_headers():
        if name == "Allow":
            answer.headers[name] = value
    return answer


def _answer_error(error: RingbackError) -> Response:
    """Answer 400 to a callback that can never be taken, and 503 for our own trouble, so that it comes again."""
    if error.code == "callback_bad":
        log.warning("refused a callback: its %s %s", error.facts["field"], error.facts["problem"])
        return _answer(400, {"error": "callback_bad", **error.facts})
    log.error("cannot take callbacks just now: %s: %s", error.code, mask_numbers(str(error)))
    return _answer(503, {"error": "try_again"})


def _answer_fault(_error: Exception) -> Response:
    """Answer an unexpected error: the log gets the masked traceback, and the provider retries."""
    log.error("%s", mask_numbers(traceback.format_exc()))
    return _answer(500, {"error": "fault"})
