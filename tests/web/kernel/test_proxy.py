"""What stands in front of the app: hops, hosts, the base path; and paths and redirects that lead astray."""

import re

import pytest

from ringback.web.kernel.proxy import behind_proxies
from web.kernel.small_app import make_small_app


def burnt(app, ask, count=3, **options):
    """Use up the limit of the form."""
    return [ask(app, "/form", method="POST", **options).status_code for _time in range(count)]


@pytest.mark.parametrize(
    ("hops", "forwarded", "source"),
    [
        (0, "198.51.100.1", "127.0.0.1"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "203.0.113.66, 198.51.100.1", "198.51.100.1"),
        (2, "203.0.113.66, 198.51.100.1, 192.0.2.2", "198.51.100.1"),
        (2, "198.51.100.1", "127.0.0.1"),
        (1, None, "127.0.0.1"),
        (1, "203.0.113.66, nonsense", "unknown"),
        (1, "203.0.113.66,, 198.51.100.1", "198.51.100.1"),
    ],
)
def test_as_many_hops_are_believed_as_there_are_proxies(ask, hops, forwarded, source):
    app = make_small_app(front={"trusted_hops": hops})
    ask(app, "/form", method="POST", headers={"X-Forwarded-For": forwarded} if forwarded else {})
    assert [known for _limit, known in app.limits._buckets] == [source]


def test_a_made_up_address_in_front_of_the_trusted_ones_wins_no_new_limit(ask):
    app = make_small_app(front={"trusted_hops": 1})
    for number in range(6):
        answer = ask(
            app,
            "/form",
            method="POST",
            headers={"X-Forwarded-For": f"203.0.113.{number}, 10.0.0.{number}, 198.51.100.1"},
        )
    assert answer.status_code == 429


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-Host": "evil.example"},
        {"X-Forwarded-Prefix": "/evil"},
        {"X-Forwarded-Server": "evil.example"},
        {"Forwarded": "host=evil.example;for=evil.example"},
        {"X-Original-URL": "/case"},
        {"X-Rewrite-URL": "/case"},
    ],
)
@pytest.mark.parametrize("hops", [0, 2])
def test_other_headers_of_proxies_change_nothing(ask, hops, headers):
    app = make_small_app(front={"trusted_hops": hops})
    for path in ("/", "/nowhere", "/away?to=/form"):
        plain, tricked = ask(app, path), ask(app, path, headers=headers)
        assert (plain.status, plain.text, dict(plain.headers)) == (tricked.status, tricked.text, dict(tricked.headers))


@pytest.mark.parametrize(
    "host", ["evil.example", "check.example.evil.example", "check.example@evil.example", "évil.example", "", "a b", "["]
)
def test_a_host_that_is_not_ours_gets_the_page_for_400(ask, host):
    app = make_small_app(front={"hosts": ("check.example", ".police.example")})
    answer = ask(app, "/", headers={"Host": host})
    assert answer.status_code == 400
    assert "evil" not in answer.text
    assert "Nothing was saved" in answer.text


@pytest.mark.parametrize("host", ["check.example", "check.example:8443", "CHECK.example", "text.police.example"])
def test_one_that_is_ours_is_answered(ask, host):
    app = make_small_app(front={"hosts": ("check.example", ".police.example")})
    assert ask(app, "/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "a b<script>", "évil", "", "x" * 5000])
def test_where_any_host_is_answered_it_is_nowhere_in_the_answer(app, ask, host):
    for path in ("/", "/form", "/nowhere", "/away?to=/form"):
        answer = ask(app, path, headers={"Host": host})
        assert answer.status_code < 500
        assert not host or host not in answer.text + str(answer.headers)


@pytest.mark.parametrize("path", ["/police/check/form", "/police/check", "/police/check/", "/police/check/nowhere"])
def test_under_a_base_path_every_link_is(ask, path):
    app = make_small_app(front={"base_path": "/police/check"})
    answer = ask(app, path)
    assert answer.status_code == (404 if "nowhere" in path else 200)
    links = re.findall(r'(?:href|src|action)="([^"#]+)"', answer.text)
    assert len(links) >= 6
    assert all(link.startswith("/police/check/") for link in links)
    assert all(ask(app, link).status_code in (200, 405) for link in links)


@pytest.mark.parametrize("path", ["/", "/form", "/police/checkform", "/police/check2", "/POLICE/check/form", "/police"])
def test_outside_of_it_there_is_nothing(ask, path):
    app = make_small_app(front={"base_path": "/police/check"})
    answer = ask(app, path)
    assert answer.status_code == 404
    assert "Page not found" in answer.text


@pytest.mark.parametrize("base_path", ["police", "/police/", "/", "//police", "/a b", "/../x", "/é", "/<b>"])
def test_what_is_no_base_path_does_not_start(base_path):
    with pytest.raises(ValueError):
        behind_proxies(lambda environ, start: [], hops=0, base_path=base_path)


def test_less_than_no_proxy_does_not_start():
    with pytest.raises(ValueError):
        behind_proxies(lambda environ, start: [], hops=-1, base_path="")


STRAY = [
    "//form", "///form", "/form//", "//evil.example/form", "/./form", "/item/..", "/item/../form", "/..", "/.",
    "/../../etc/passwd",
    "/form\\", "\\form", "/item/a\\b", "/item/\0", "/form\0", "/item/a\r\nb", "/item/\x7f", "/item/" + "x" * 5000,
    "form", "*",
    "http://evil.example/form",
]  # fmt: skip


@pytest.mark.parametrize("path", STRAY)
def test_a_path_that_plays_tricks_is_not_found(app, ask, path):
    answer = ask(app, path)
    assert answer.status_code == 404
    assert "Location" not in answer.headers
    assert "evil" not in answer.text


def test_an_empty_path_is_the_start_page(app, ask):
    assert ask(app, "").status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/%2e%2e/form", "/item/%2e%2e%2fform", "/item/%00", "/item/%5c", "/%2fform", "/static/%2e%2e/%2e%2e/etc/passwd"],
)
def test_escaped_ones_are_not_found_either(app, path):
    assert app.test_client().get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/static/x/../../../etc/passwd", "/static/x//etc/passwd", "/static/x/app.py", "/static/"]
)
def test_nothing_but_static_files_is_served_as_one(app, ask, path):
    assert ask(app, path).status_code == 404
    digest = app.path_to("static", digest="x", name="y").split("/")[2]
    assert ask(app, path.replace("/x/", f"/{digest}/")).status_code == 404


@pytest.mark.parametrize("path", ["/folder", "/folder/", "/form", "/form/"])
def test_no_path_is_redirected_to_another_spelling(app, ask, path):
    assert ask(app, path).status_code in (200, 404)


AWAY = [
    "https://evil.example", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example",
    "http:evil.example",
    "javascript:alert(1)", "form", "/form\tx", "/a b", "https:/evil.example", ".", "/é", "/x\\..\\evil",
]  # fmt: skip


@pytest.mark.parametrize("place", AWAY)
def test_no_answer_leads_to_another_site(app, ask, place):
    answer = ask(app, "/away", query_string={"to": place})
    assert answer.status_code == 500
    assert "Location" not in answer.headers


def test_redirects_are_relative(ask):
    app = make_small_app(front={"base_path": "/check"})
    assert ask(app, "/check/away?to=/check/form").headers["Location"] == "/check/form"
    with app.test_request_context("/form"):
        answer = app.redirect_to("item", name="a b&c")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/check/item/a%20b&c")
    assert app.path_to("form", word="a&b") == "/check/form?word=a%26b"


@pytest.mark.parametrize(
    "method", ["TRACE", "TRACK", "OPTIONS", "PUT", "DELETE", "PATCH", "CONNECT", "PROPFIND", "FORM", "<B>"]
)
def test_other_methods_get_the_page_for_405_and_are_told_which_there_are(app, ask, method):
    answer = ask(app, "/form", method=method, headers={"X-Secret": "do not repeat this"})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, POST")
    assert "do not repeat this" not in answer.text
    assert ask(app, "/nowhere", method=method).status_code == 404


@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "_method"])
def test_no_header_or_field_changes_the_method(app, ask, name):
    assert ask(app, "/looked", method="POST", headers={name: "GET"}).status_code == 405
    assert ask(app, "/looked", method="POST", data={"_method": "GET"}).status_code == 405
    assert ask(app, "/form", headers={name: "POST"}).status_code == 200


def test_head_is_get_without_a_body(app, ask):
    head, get = ask(app, "/", method="HEAD"), ask(app, "/")
    assert (head.status_code, head.data) == (200, b"")
    assert dict(head.headers) == dict(get.headers)
