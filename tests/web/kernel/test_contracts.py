"""A route's contract is kept: who, what is audited, limited and kept; and without one nothing starts."""

import pytest
from flask import Blueprint, request
from werkzeug.routing import Rule

from ringback.web.kernel.app import add_routes
from ringback.web.kernel.contract import ANYBODY, BRIEFLY, FOREVER, NEVER, contract, find_contract
from ringback.web.kernel.limits import Limit
from still_clock import StillClock
from web.kernel.small_app import ROUTES, make_small_app


@contract(who=ANYBODY)
def fine():
    return "fine"


def without():
    return "unguarded"


def with_terms(**terms):
    return contract(**{"who": ANYBODY} | terms)(lambda: "fine")


def test_a_route_without_a_contract_does_not_start(app):
    with pytest.raises(RuntimeError, match="the route /bare has no contract"):
        add_routes(app, [("/bare", "bare", without, ("GET",))])
    with pytest.raises(RuntimeError, match="/none"):
        app.add_url_rule("/none", "none")
    with pytest.raises(RuntimeError, match="/by-decorator"):
        app.route("/by-decorator")(without)
    parts = Blueprint("parts", __name__)
    parts.add_url_rule("/by-blueprint", "bare", without)
    with pytest.raises(RuntimeError, match="/by-blueprint"):
        app.register_blueprint(parts)


def test_one_that_came_in_by_the_back_door_is_found_and_answers_nobody(app, ask):
    app.check_contracts()
    app.url_map.add(Rule("/sly", endpoint="sly"))
    app.view_functions["sly"] = without
    with pytest.raises(RuntimeError, match="/sly"):
        app.check_contracts()
    answer = ask(app, "/sly")
    assert answer.status_code == 500
    assert "unguarded" not in answer.text


def test_every_route_of_an_app_has_a_contract_its_static_files_among_them(app):
    views = {rule.rule: find_contract(app.view_functions[rule.endpoint]) for rule in app.url_map.iter_rules()}
    assert views.keys() == {"/static/<digest>/<path:name>", *(rule for rule, *_rest in ROUTES)}
    assert all(views.values())


@pytest.mark.parametrize(
    ("terms", "rules", "said"),
    [
        ({"who": "see cases"}, {"may": None}, "right 'see cases'"),
        ({"who": "see cases", "cache": BRIEFLY}, {}, "may be kept"),
        ({"limit": "unheard of"}, {}, "limit 'unheard of'"),
        ({"audits": "looked"}, {"audit": None}, "audited"),
    ],
)
def test_a_contract_that_the_app_cannot_keep_does_not_start(terms, rules, said):
    app = make_small_app(routes=[], **rules)
    with pytest.raises(RuntimeError, match=said):
        add_routes(app, [("/it", "it", with_terms(**terms), ("GET",))])


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "OPTIONS"])
def test_no_route_takes_more_than_get_and_post(app, method):
    with pytest.raises(RuntimeError, match="another method"):
        add_routes(app, [("/it", "it", fine, ("GET", method))])


def test_who(ask):
    asked = []
    app = make_small_app(may=lambda right: asked.append(right) or len(asked) > 1)
    assert ask(app, "/case").status_code == 403
    answer = ask(app, "/case")
    assert (answer.status_code, answer.text, asked) == (200, "case", ["see cases", "see cases"])


def test_nobody_is_asked_about_a_route_for_anybody(ask):
    asked = []
    app = make_small_app(may=asked.append)
    for path in ("/", "/form", "/nowhere", "/static/x/y"):
        ask(app, path)
    assert asked == []


def test_what_succeeds_is_audited_once_and_nothing_else_is(ask):
    events = []
    app = make_small_app(audit=events.append)
    for path in ("/", "/form", "/nowhere", "/fault", "/looked?missing"):
        ask(app, path)
    ask(app, "/looked", method="POST")
    assert events == []
    ask(app, "/looked")
    assert events == ["looked"]


def test_what_cannot_be_audited_is_not_answered(ask):
    def broken(event):
        raise OSError("disk full")

    answer = ask(make_small_app(audit=broken), "/looked")
    assert answer.status_code == 500
    assert "looked" not in answer.text


def test_limit(ask):
    clock = StillClock()
    app = make_small_app(clock=clock)
    codes = [ask(app, "/form", method="POST").status_code for _time in range(4)]
    assert codes == [400, 400, 400, 429]
    answer = ask(app, "/form", method="POST")
    assert answer.headers["Retry-After"] == "10"
    assert "Wait a minute" in answer.text
    assert ask(app, "/form", method="POST", environ={"REMOTE_ADDR": "192.0.2.9"}).status_code == 400
    assert ask(app, "/form").status_code == 200
    clock.sleep(10)
    assert [ask(app, "/form", method="POST").status_code for _time in range(2)] == [400, 429]


@pytest.mark.parametrize(
    ("cache", "header"),
    [(NEVER, "no-store"), (BRIEFLY, "public, max-age=60"), (FOREVER, "public, max-age=31536000, immutable")],
)
def test_cache(ask, cache, header):
    app = make_small_app(routes=[("/it", "it", with_terms(cache=cache), ("GET",))])
    assert ask(app, "/it").headers["Cache-Control"] == header
    assert ask(app, "/it", method="POST").headers["Cache-Control"] == "no-store"


def test_an_error_of_a_page_that_may_be_kept_is_not_kept(ask):
    def site():
        raise OSError("the bundle has gone")

    assert ask(make_small_app(site=site), "/").headers["Cache-Control"] == "no-store"


def test_a_page_with_a_token_is_never_kept(app, ask):
    answer = ask(app, "/kept-form")
    assert answer.status_code == 500
    assert "Set-Cookie" not in answer.headers


def test_search_engines_see_what_the_contract_says(app, ask):
    assert "X-Robots-Tag" not in ask(app, "/").headers
    assert {ask(app, path).headers["X-Robots-Tag"] for path in ("/form", "/nowhere", "/fault")} == {"noindex"}


def test_a_limit_lets_something_through():
    for burst, per_second in ((0, 1), (1, 0), (1, -1)):
        with pytest.raises(ValueError):
            Limit(burst, per_second)


def test_a_route_may_take_a_larger_body_than_the_others(ask):
    @contract(who=ANYBODY, largest_body=100_000)
    def large():
        return str(len(request.form["text"]))

    app = make_small_app(routes=[("/large", "large", large, ("POST",)), ("/small", "small", fine, ("POST",))])
    app.config["WTF_CSRF_ENABLED"] = False
    body = {"text": "x" * 90_000}
    assert ask(app, "/large", method="POST", data=body).text == "90000"
    assert ask(app, "/small", method="POST", data=body).status_code == 413
    assert ask(app, "/large", method="POST", data={"text": "x" * 100_000}).status_code == 413
    assert app.largest_body() == 100_000
