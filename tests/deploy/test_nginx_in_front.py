"""The shipped configuration of nginx, in a real nginx, in front of a real public service."""

import re
import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from nginx_server import (
    NAME,
    SEIZED,
    exchange,
    free_port,
    running_nginx,
    running_service,
    write_configuration,
)
from public_case import GENUINE, LAST_FOUR, make_bundle
from ringback.publishing.bundle_files import open_release
from ringback.publishing.inbox.questions import Inbox
from ringback.publishing.inbox.tables import open_inbox, questions
from ringback.records.closing import close
from ringback.web.kernel.headers import security_headers

pytestmark = pytest.mark.slow
# What the service sets, and what nginx sets by itself.
OURS = {name.lower() for name in security_headers()}
NGINX = {"content-security-policy", "x-content-type-options", "x-frame-options", "referrer-policy", "x-robots-tag"}
SECOND = f"GET /zq7 HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n".encode()
POST = f"POST /check HTTP/1.1\r\nHost: {NAME}\r\n".encode()


class Site:
    """Both servers, and a visitor without memory."""

    def __init__(self, made, bundle, service):
        self.made, self.bundle, self.service = made, bundle, service
        self.inbox = Inbox(open_inbox(bundle / "inbox.sqlite"))

    @property
    def pages(self):
        return self.made.folder / "pages"

    def raw(self, sent, **options):
        return exchange(self.made.tls, sent, **options)

    def ask(self, path="/", method="GET", *, body="", headers=(), name=NAME, tls=True):
        """One request; its status, headers (each as often as it came), and text."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: {name}", "Connection: close", *headers]
        if method == "POST":
            lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        sent = ("\r\n".join([*lines, "", ""]) + body).encode()
        got = exchange(self.made.tls if tls else self.made.plain, sent, name=name, tls=tls)
        head, _end, text = got.partition("\r\n\r\n")
        first, *rest = head.split("\r\n")
        fields = [tuple(line.split(": ", 1)) for line in rest]
        return SimpleNamespace(
            status=int(first.split()[1]), text=text, fields=[(key.lower(), value) for key, value in fields]
        )

    def form(self):
        """A token of the form, and the cookie that goes with it."""
        page = self.ask("/check")
        cookie = dict(page.fields)["set-cookie"]
        return re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1], cookie

    def check(self, *headers, reference=GENUINE, last_four=LAST_FOUR):
        token, cookie = self.form()
        sent = [f"Cookie: {cookie.partition(';')[0]}", f"Origin: https://{NAME}", *headers]
        body = f"csrf_token={token}&reference={reference}&last_four={last_four}"
        return self.ask("/check", "POST", body=body, headers=sent)


@pytest.fixture
def site(tmp_path, nginx):
    port = free_port()
    bundle = make_bundle(tmp_path / "bundle")
    made = write_configuration(tmp_path, service=port)
    for path in (open_release(bundle).folder / "notices").iterdir():
        (made.folder / "notices" / path.name).write_bytes(path.read_bytes())
    with running_service(bundle, port) as service, running_nginx(made):
        found = Site(made, bundle, service)
        yield found
        close([found.inbox.engine])


def has_each_once(answer, names):
    given = [key for key, _value in answer.fields]
    return {name: given.count(name) for name in names} == dict.fromkeys(names, 1)


def test_a_text_is_checked_through_nginx_with_every_header_once_and_a_cookie_for_this_host_alone(site):
    page = site.ask("/check")
    assert page.status == 200
    assert has_each_once(page, OURS | {"strict-transport-security", "cache-control", "x-robots-tag"})
    assert "x-ringback" not in dict(page.fields)
    _token, cookie = site.form()
    assert re.fullmatch(r"__Host-ringback=[^;]+; Secure; HttpOnly; Path=/; SameSite=Lax", cookie), cookie
    sent = site.check()
    assert sent.status == 303
    place = dict(sent.fields)["location"]
    assert re.fullmatch(r"/check/[0-9a-f]{32}", place)
    until = time.monotonic() + 20
    while "This text is genuine" not in (found := site.ask(place)).text and time.monotonic() < until:
        time.sleep(0.3)
    assert "This text is genuine" in found.text
    assert dict(found.fields)["cache-control"] == "no-store"


def test_nobody_chooses_by_a_header_who_the_service_takes_them_for(site):
    for claim in (
        "X-Forwarded-For: 203.0.113.7",
        "X-Forwarded-For: 203.0.113.7, 127.0.0.1",
        "X_Forwarded_For: 203.0.113.7",
        "Forwarded: for=203.0.113.7;host=evil.example;proto=http",
        "X-Forwarded-Host: evil.example",
        "X-Forwarded-Prefix: /evil",
        "X-Real-IP: 203.0.113.7",
        "Connection: close, X-Forwarded-For",
    ):
        answer = site.check(claim, last_four="9999")
        assert answer.status == 303, claim
        assert "evil" not in str(answer.fields)
    with site.inbox.engine.connect() as connection:
        sources = set(connection.scalars(select(questions.c.source)))
    assert sources == {site.inbox.digest("source", "127.0.0.1")}
    # Nor whether the connection was safe.
    plain = site.ask("/check", headers=["X-Forwarded-Proto: http"])
    assert "strict-transport-security" in dict(plain.fields)


def test_other_names_get_nothing(site):
    with pytest.raises(ssl.SSLError):
        site.ask(name="evil.example")
    get = b"GET /%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
    ours, evil = NAME.encode(), b"evil.example"
    for host in (evil, b"127.0.0.1", ours + b".evil.example", b"evil.example:443"):
        assert site.raw(get % (b"", host)) == "", host
    for sent in (
        get % (b"", b""),
        get % (b"", ours + b"@evil.example"),
        get % (b"", ours + b"\r\nHost: evil.example"),
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET https://evil.example/ HTTP/1.1\r\nHost: " + ours + b"\r\nConnection: close\r\n\r\n",
    ):
        got = site.raw(sent)
        assert got == "" or got.startswith("HTTP/1.1 400 "), got[:200]
        assert "evil" not in got
    # The name in the request line counts, and is what the service is told.
    got = site.raw(b"GET https://" + ours + b"/check HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
    assert "evil" not in got
    redirect = site.ask("/check?a=b", tls=False)
    assert (redirect.status, dict(redirect.fields)["location"]) == (308, f"https://{NAME}/check?a=b")
    assert exchange(site.made.plain, get % (b"", evil), tls=False) == ""


SMUGGLED = {
    "a length and chunks": b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and a length": b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "two lengths": b"Content-Length: 0\r\nContent-Length: 80\r\n\r\n",
    "a length with a sign": b"Content-Length: +0\r\n\r\n",
    "chunks and another coding": b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "chunks twice": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks with a strange blank": b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "a blank before the colon": b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "a chunk's length with a sign": b"Transfer-Encoding: chunked\r\n\r\n+0\r\n\r\n",
    "a bare line feed in the chunks": b"Transfer-Encoding: chunked\r\n\r\n2\nab\n0\r\n\r\n",
}


def test_what_hides_a_second_request_in_a_first_one_is_refused_or_read_by_both_alike(site):
    for what, rest in SMUGGLED.items():
        got = site.raw(POST + rest + SECOND)
        statuses = re.findall(r"HTTP/1\.1 (\d+) ", got)
        # Refused, with nothing behind it; or read as nginx reads it, and then the second is a page that is not there.
        assert statuses in (["400"], ["501"], ["400", "404"]), (what, statuses)
        assert "zq7" not in got, what
    assert site.ask("/check").status == 200


def test_what_is_too_large_is_refused_with_a_page_and_its_headers(site):
    for answer in (
        site.ask("/check", "POST", body="x" * 70_000),
        site.ask("/?" + "x" * 20_000),
        site.ask("/", headers=["X-A: " + "x" * 40_000]),
    ):
        assert answer.status in (400, 413, 414), answer.status
        assert has_each_once(answer, NGINX)
        assert "We could not read what your browser sent" in answer.text


def test_long_messages_and_pictures_get_through_and_larger_ones_do_not(site):
    token, cookie = site.form()
    sent = [f"Cookie: {cookie.partition(';')[0]}", f"Origin: https://{NAME}"]
    for path, size in (("/scam-check", 300_000), ("/report/question/story", 300_000), ("/report/files", 2_000_000)):
        got = site.ask(path, "POST", body=f"csrf_token={token}&x=" + "x" * size, headers=sent)
        # An answer of the service, which sets this header, and nginx does not.
        assert "cross-origin-resource-policy" in dict(got.fields), path
        assert got.status != 413, path
    assert site.ask("/report/files", "POST", body="x" * 12_000_000, headers=sent).status == 413


def test_everything_or_the_check_alone_is_closed_by_one_file_and_opened_by_its_end(site):
    (site.pages / "check.closed").touch()
    closed = [site.ask("/check"), site.ask("/check/" + "0" * 32), site.ask("/check", "POST", body="a=b")]
    assert site.ask("/texts").status == 200
    (site.pages / "check.closed").unlink()
    (site.pages / "all.closed").touch()
    closed += [site.ask(path) for path in ("/", "/texts", "/check", "/health", "/static/x/y.css")]
    for answer in closed:
        assert answer.status == 503
        assert "This service is closed for now" in answer.text
        assert has_each_once(answer, NGINX)
    style = site.ask("/ringback-pages/pages.css")
    assert (style.status, dict(style.fields)["content-type"]) == (200, "text/css")
    (site.pages / "all.closed").unlink()
    assert site.ask("/check").status == 200
    for path in ("/ringback-pages/closed.html", "/ringback-pages/all.closed", "/ringback-pages/../nginx.conf"):
        assert "<h1>This service" not in site.ask(path).text


def test_without_the_service_people_see_the_closed_page_and_styles_come_from_the_cache(site):
    style = re.search(r'href="(/static/[^"]+\.css)"', site.ask("/").text)[1]
    assert site.ask(style).status == 200
    assert "set-cookie" not in dict(site.ask("/").fields)
    site.service.kill()
    site.service.wait()
    kept = site.ask(style)
    assert kept.status == 200
    assert has_each_once(kept, OURS)
    for path in ("/check", "/not-texted"):
        answer = site.ask(path)
        assert answer.status == 502
        assert "This service is closed for now" in answer.text


def test_a_flood_of_forms_from_one_place_meets_nginx_and_pages_stay_open(site):
    busy = []
    with ThreadPoolExecutor(8) as visitors:
        # On a busy machine a flood is slower: so it goes on until it is one.
        for _wave in range(10):
            answers = list(visitors.map(lambda _one: site.ask("/check", "POST", body="a=b"), range(90)))
            busy += [one for one in answers if one.status == 429]
            if busy:
                break
    assert busy
    assert all(has_each_once(one, NGINX - {"x-robots-tag"}) for one in busy)
    assert any("Too many requests came from your network" in one.text for one in busy)
    assert site.ask("/check").status == 200


def test_the_logs_hold_no_address_no_path_and_nothing_that_was_typed(site):
    site.ask("/nowhere?number=07700900123")
    site.check()
    site.service.kill()
    site.service.wait()
    site.ask("/check?number=07700900123")
    logs = {path.name: path.read_text() for path in (site.made.folder / "log").iterdir()}
    assert logs["ringback.log"].count("\n") >= 4
    assert logs["ringback.error.log"] == ""
    for text in logs.values():
        assert not re.search(r"127\.0\.0\.1|07700|/check|nowhere", text)


def test_every_address_of_the_seized_site_leads_to_the_notice_and_nowhere_else(site):
    for path in ("/", "/login.php?id=1", "/panel/admin", "/index.html", "/../nginx.conf", "/%2e%2e/nginx.conf"):
        answer = site.ask(path, name=SEIZED)
        assert answer.status in (200, 400), path
        assert has_each_once(answer, NGINX)
        assert "worker_processes" not in answer.text
        if answer.status == 200:
            assert "This site has been taken down" in answer.text
    posted = site.ask("/login", "POST", body="user=a&password=b", name=SEIZED)
    assert (posted.status, "This site has been taken down" in posted.text) == (200, True)
    assert "This site has been taken down" in site.ask("/", name=SEIZED, tls=False).text
    assert site.ask("/notice.css", name=SEIZED).status == 200
