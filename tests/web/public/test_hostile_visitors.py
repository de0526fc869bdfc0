"""Hostile input at every route: no fault, no traceback, nothing unescaped, nothing redirected elsewhere."""

import re
import string

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from report_visitor import Reporter
from ringback.victim_reports.questions import LOSS_QUESTIONS
from ringback.web.kernel.limits import Limit
from ringback.web.public.pages.report.steps import STEPS

TRICKS = [
    "<script>x()</script>", "'\"><b>", "../../etc/passwd", "%2e%2e%2f", "{{7*7}}", "\x00", "//evil.example",
    "\r\nX: y", "a" * 5000, "\ud800",
]  # fmt: skip
NASTY = st.one_of(st.text(max_size=60), st.sampled_from(TRICKS)).map(
    lambda text: text.encode("utf-8", "replace").decode()
)
MARK = "<mark-of-the-visitor>"


def check(answer):
    text = answer.get_data(as_text=True)
    assert answer.status_code < 500, text
    assert "Traceback" not in text
    assert MARK not in text
    place = answer.headers.get("Location", "/")
    assert re.fullmatch(r"/(?![/\\])[^\\]*", place), place
    assert "Content-Security-Policy" in answer.headers


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_route_falls_over_whatever_it_is_asked(service, data):
    rules = sorted(service.app.url_map.iter_rules(), key=lambda rule: rule.rule)
    rule = data.draw(st.sampled_from(rules))
    path = rule.rule
    for name in rule.arguments:
        nasty = data.draw(NASTY) + MARK
        part = nasty.replace("/", "").replace("?", "%3F")
        path = re.sub(rf"<(?:[a-z]+:)?{name}>", lambda _found, part=part: part, path)
    path += data.draw(st.sampled_from(["", "/", "//", "/..", ";x", "%00"]))
    query = {data.draw(NASTY): data.draw(NASTY) + MARK}
    method = data.draw(st.sampled_from(["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "X"]))
    headers = {
        "User-Agent": MARK,
        "X-Forwarded-Host": "evil.example",
        "X-HTTP-Method-Override": "DELETE",
        "Accept-Language": data.draw(st.text(string.ascii_letters + "-;,=", max_size=20)),
    }
    body = {data.draw(NASTY): data.draw(NASTY) + MARK for _field in range(2)}
    check(
        service.visitor.open(
            path,
            base_url="https://localhost",
            method=method,
            query_string=query,
            headers=headers,
            data=body if method in ("POST", "PUT", "PATCH") else None,
        )
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reference=NASTY, last_four=NASTY)
def test_whatever_is_typed_into_the_form_is_answered(service, reference, last_four):
    answer = service.post(reference + MARK, last_four + MARK)
    check(answer)
    assert answer.status_code in (400, 429)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_is_typed_into_a_report_is_answered(service, data):
    service.app.limits.limits = dict.fromkeys(service.app.limits.limits, Limit(10**6, 10**6))
    reporter = Reporter(service)
    reporter.write(
        until=data.draw(st.sampled_from([f"/report/{one}" for one in ("question/kind", "losses", "answers")]))
    )
    names = [key for step in STEPS for key in step.keys] + [one.key for one in LOSS_QUESTIONS]
    names += ["has_text", "then", "more", "code"]
    odd = ["yes", "no", "save", "remove", "0", "-1", "1e999", "٣", "31/2/2022", "£"]
    values = st.one_of(NASTY, st.sampled_from(odd))
    paths = [f"/report/question/{step.name}" for step in STEPS if step.keys]
    others = ("losses", "loss/new", "loss/1", "loss/99", "bank", "return", "status", "answers", "reference")
    paths += [f"/report/{one}" for one in others]
    for _turn in range(3):
        typed = {name: data.draw(values) + MARK for name in data.draw(st.lists(st.sampled_from(names), max_size=6))}
        exact = {name: data.draw(values) for name in data.draw(st.lists(st.sampled_from(names), max_size=4))}
        answer = reporter.post(data.draw(st.sampled_from(paths)), page="/check", **{**typed, **exact})
        check(answer)
        assert answer.status_code in (200, 303, 400, 404, 413, 503)
    check(reporter.get("/report/answers"))
