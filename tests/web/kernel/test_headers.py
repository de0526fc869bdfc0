"""Every header on every kind of answer; and the policy allows the page's one script, and nothing else."""

import base64
import hashlib
import re

import pytest

from ringback.web.kernel import headers as headers_module
from ringback.web.kernel.headers import HeaderSetter, script_hash
from web.kernel.small_app import make_small_app

NAMES = {
    "Content-Security-Policy", "X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Permissions-Policy",
    "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "Cross-Origin-Embedder-Policy",
    "Origin-Agent-Cluster", "X-Permitted-Cross-Domain-Policies", "X-DNS-Prefetch-Control", "Strict-Transport-Security",
    "Cache-Control",
}  # fmt: skip
KINDS = {
    200: {}, 303: {"path": "/away?to=/form"}, 400: {"method": "POST", "path": "/form"}, 403: {"path": "/case"},
    404: {"path": "/nowhere"}, 405: {"method": "TRACE"},
    413: {"method": "POST", "path": "/form", "data": b"x" * 99_999},
    500: {"path": "/fault"},
}  # fmt: skip


@pytest.mark.parametrize("code", KINDS)
def test_every_header_on_every_kind_of_answer(app, ask, code):
    answer = ask(app, **KINDS[code])
    assert answer.status_code == code
    assert {name: len(answer.headers.getlist(name)) for name in NAMES} == dict.fromkeys(NAMES, 1)
    assert not {"Server", "X-Powered-By"} & set(answer.headers.keys())


def test_they_are_there_on_a_limited_answer_a_static_file_a_stray_path_and_a_bad_host(app, ask):
    for _time in range(4):
        limited = ask(app, "/form", method="POST")
    style = re.search(r'href="([^"]+\.css)"', ask(app).text)[1]
    with_hosts = make_small_app(front={"hosts": ("check.example",)})
    answers = [limited, ask(app, style), ask(app, "//form"), ask(with_hosts, headers={"Host": "evil.example"})]
    assert [answer.status_code for answer in answers] == [429, 200, 404, 400]
    assert [set(answer.headers.keys()) >= NAMES for answer in answers] == [True] * 4


def test_they_are_there_when_no_page_can_be_made_and_when_the_end_of_an_answer_fails(ask):
    def site():
        raise OSError("the bundle has gone")

    broken = make_small_app(site=site)
    failing = make_small_app()

    @failing.after_request
    def fail(response):
        raise OSError("always")

    for answer in (ask(broken), ask(failing)):
        assert answer.status_code == 500
        assert set(answer.headers.keys()) >= NAMES
        assert answer.headers["Cache-Control"] == "no-store"


def test_the_hash_is_that_of_the_script_in_the_page(app, ask):
    for path in ("/", "/form", "/nowhere", "/fault"):
        answer = ask(app, path)
        inline = re.findall(r"<script>(.*?)</script>", answer.text, re.DOTALL)
        assert len(inline) == 1
        assert len(re.findall(r"<script\b", answer.text)) == 2
        wanted = base64.b64encode(hashlib.sha256(inline[0].encode()).digest()).decode()
        policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
        assert policy["script-src"] == f"'self' 'sha256-{wanted}'"
        assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert "unsafe" not in str(policy)
        # Nothing inline that the policy would stop.
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", answer.text)


@pytest.mark.parametrize("template", ["", "<script>1</script><script>2</script>", "<script>{{ it }}</script>"])
def test_a_template_with_other_scripts_does_not_start(monkeypatch, tmp_path, template):
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "template.html").write_text(template)
    monkeypatch.setattr(headers_module.resources, "files", lambda package: tmp_path)
    with pytest.raises(RuntimeError):
        script_hash()


def test_https_is_asked_for_where_the_request_came_by_it(app, ask):
    assert "Strict-Transport-Security" not in ask(app, base_url="http://check.example").headers
    assert "max-age" in ask(app).headers["Strict-Transport-Security"]
    # Nobody is believed who is not a trusted proxy.
    told = {"X-Forwarded-Proto": "https"}
    assert "Strict-Transport-Security" not in ask(app, base_url="http://check.example", headers=told).headers
    behind = make_small_app(front={"trusted_hops": 1})
    assert "Strict-Transport-Security" in ask(behind, base_url="http://check.example", headers=told).headers
    odd = {"X-Forwarded-Proto": "javascript"}
    assert "Strict-Transport-Security" not in ask(behind, base_url="https://check.example", headers=odd).headers


def test_an_answer_cannot_undo_them():
    def app(environ, start):
        start("200 OK", [("server", "it"), ("X-FRAME-OPTIONS", "ALLOWALL"), ("Content-Security-Policy", "")])
        return []

    seen = []
    HeaderSetter(app)({}, lambda status, headers: seen.extend(headers))
    assert [value for name, value in seen if name.lower() == "x-frame-options"] == ["DENY"]
    assert len([name for name, _value in seen if name.lower() == "content-security-policy"]) == 1
    assert "server" not in {name.lower() for name, _value in seen}
