"""Static files: what is served, for how long, and that what was vendored is what the components speak of."""

import gzip
import importlib.metadata
import re
from pathlib import Path

import pytest

from ringback.web.kernel.pages import FOLDER
from ringback.web.kernel.statics import StaticFiles
from web.kernel.small_app import make_small_app

STATIC = FOLDER / "static"


def path_of(app, name):
    return app.path_to("static", digest=StaticFiles((STATIC,)).digest, name=name)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("govuk-frontend.css", "text/css; charset=utf-8"),
        ("kernel.css", "text/css; charset=utf-8"),
        ("govuk-frontend.js", "text/javascript; charset=utf-8"),
        ("start.js", "text/javascript; charset=utf-8"),
        ("icon.svg", "image/svg+xml"),
    ],
)
def test_a_file_is_served_for_ever(app, ask, name, kind):
    answer = ask(app, path_of(app, name))
    assert answer.data == (STATIC / name).read_bytes()
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("name", ["README.md", "LICENCE", "none.css", "../app.py", ""])
def test_nothing_else_is(app, ask, name):
    assert ask(app, path_of(app, "x").removesuffix("x") + name).status_code == 404


def test_under_another_digest_there_is_nothing(app, ask):
    answer = ask(app, "/static/0123456789abcdef/kernel.css")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")


def test_it_is_packed_for_who_can_unpack(app, ask):
    name = "govuk-frontend.css"
    packed = ask(app, path_of(app, name), headers={"Accept-Encoding": "br, gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) * 4 < len(gzip.decompress(packed.data))
    assert gzip.decompress(packed.data) == (STATIC / name).read_bytes()
    plain = ask(app, path_of(app, name), headers={"Accept-Encoding": "gzip;q=0"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"


def test_a_change_of_any_file_is_another_path(tmp_path):
    (tmp_path / "a.css").write_text("1")
    seen = {StaticFiles((tmp_path,)).digest}
    (tmp_path / "a.css").write_text("2")
    seen.add(StaticFiles((tmp_path,)).digest)
    (tmp_path / "a.css").rename(tmp_path / "b.css")
    seen.add(StaticFiles((tmp_path,)).digest)
    assert len(seen) == 3


def test_two_of_a_name_do_not_start(tmp_path):
    (tmp_path / "kernel.css").write_text("")
    with pytest.raises(RuntimeError, match=r"kernel\.css"):
        StaticFiles((STATIC, tmp_path))


def test_a_page_that_names_a_file_that_is_not_there_is_a_fault():
    with pytest.raises(LookupError):
        StaticFiles((STATIC,)).path("nothing.css")


def test_the_style_sheet_is_of_the_version_that_the_components_speak_of():
    wanted = importlib.metadata.version("govuk-frontend-jinja")
    assert wanted.startswith("4.1."), "look up which version of govuk-frontend it speaks of, and build that one"
    style = (STATIC / "govuk-frontend.css").read_text("utf-8")
    assert re.findall(r'--govuk-frontend-version: ?"([^"]+)"', style) == ["6.3.0"]
    assert "6.3.0" in (STATIC / "govuk-frontend.js").read_text("utf-8")


def test_it_asks_for_no_font_no_crest_and_nothing_from_elsewhere():
    for path in sorted(STATIC.glob("*.css")):
        style = path.read_text("utf-8")
        assert not re.search(r"url\(|GDS|@import|@font-face", style), path.name
    script = (STATIC / "govuk-frontend.js").read_text("utf-8")
    assert not re.search(r"sourceMappingURL|new Function|\beval\(|innerHTML ?= ?", script)


def test_all_that_pages_need_is_in_the_package():
    """flit packs every file below the package, and so nothing may stand outside of it."""
    for folder in ("templates/kernel", "static", "locale"):
        assert list((FOLDER / folder).iterdir())
    assert FOLDER.parts[-3:] == ("ringback", "web", "kernel")
    assert (STATIC / "LICENCE").read_text("utf-8").count("MIT License") == 1


def test_the_build_names_the_versions():
    package = (Path(__file__).resolve().parents[3] / "tools" / "frontend" / "package.json").read_text()
    assert '"govuk-frontend": "6.3.0"' in package


def test_pages_name_the_files_of_this_very_app(ask):
    app = make_small_app()
    names = re.findall(r'(?:href|src)="(/static/[^"]+)"', ask(app).text)
    assert len(names) == 4
    assert [ask(app, name).status_code for name in names] == [200] * 4
