"""The catalogues for translators are up to date."""

import importlib.util
from pathlib import Path

import pytest

TOOL = Path(__file__).resolve().parents[3] / "tools" / "catalogue.py"


@pytest.fixture(scope="module")
def tool():
    spec = importlib.util.spec_from_file_location("catalogue", TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_catalogue_is_up_to_date(tool, capsys):
    assert tool.main(["--check"]) == 0, capsys.readouterr().out
    assert "kernel" in {folder.name for folder in tool.packages()}


def test_it_has_words_of_templates_with_their_placeholders(tool):
    text = tool.catalogue(tool.WEB / "kernel")
    assert 'msgid "Page not found"' in text
    assert 'msgid "This service is run by %(force)s."' in text


def test_it_has_words_of_views_too(tool):
    text = tool.catalogue(Path(__file__).parent / "small_app")
    assert 'msgid "Check a text"' in text
    assert 'msgid_plural "%(num)s texts"' in text


def test_a_changed_word_makes_it_out_of_date(tool, tmp_path, monkeypatch, capsys):
    folder = tmp_path / "app" / "templates"
    folder.mkdir(parents=True)
    (folder / "a.html").write_text('{{ _("One") }}')
    monkeypatch.setattr(tool, "WEB", tmp_path)
    assert tool.main(["--check"]) == 1
    assert tool.main([]) == 0
    assert tool.main(["--check"]) == 0
    (folder / "a.html").write_text('{{ _("Two") }}')
    assert tool.main(["--check"]) == 1
    assert "out of date: app/locale/messages.pot" in capsys.readouterr().out
