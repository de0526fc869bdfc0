"""A template that was compiled before is taken where it is whole, ours alone, and of this program."""

import pytest
from jinja2 import DictLoader, Environment

from ringback.reporting import template_memory
from ringback.reporting.template_memory import TemplateMemory

TEXT = "Called {{ people }} people."


@pytest.fixture(autouse=True)
def source_is_old(monkeypatch):
    monkeypatch.setattr(template_memory, "is_as_loaded", lambda: True)


@pytest.fixture
def compiled(monkeypatch):
    """How often a template was compiled."""
    calls = []
    whole = Environment.compile

    def counted(self, *arguments, **named):
        calls.append(arguments)
        return whole(self, *arguments, **named)

    monkeypatch.setattr(Environment, "compile", counted)
    return calls


def said(folder, text=TEXT):
    memory = TemplateMemory(folder)
    return Environment(loader=DictLoader({"page": text}), bytecode_cache=memory).get_template("page").render(people=3)


def test_a_template_is_compiled_once(tmp_path, compiled):
    assert [said(tmp_path), said(tmp_path)] == ["Called 3 people."] * 2
    assert len(compiled) == 1
    (file,) = tmp_path.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


def test_another_text_or_program_is_compiled_anew(tmp_path, compiled, monkeypatch):
    said(tmp_path)
    assert said(tmp_path, "Warned {{ people }}.") == "Warned 3."
    assert len(compiled) == 2
    monkeypatch.setattr(template_memory, "source_digest", lambda: "0" * 64)
    assert said(tmp_path, "Warned {{ people }}.") == "Warned 3."
    assert len(compiled) == 3
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content[:-1],
        lambda content: content[:20],
        lambda _content: b"",
        lambda content: content[:-9] + bytes([content[-9] ^ 1]) + content[-8:],
        lambda content: content[32:],
    ],
    ids=["a byte short", "torn", "empty", "altered", "without its digest"],
)
def test_what_is_damaged_is_compiled_anew(change, tmp_path, compiled):
    said(tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_bytes(change(file.read_bytes()))
    assert said(tmp_path) == "Called 3 people."
    assert len(compiled) == 2


def test_what_others_may_write_is_compiled_anew(tmp_path, compiled):
    said(tmp_path)
    (file,) = tmp_path.iterdir()
    file.chmod(0o666)
    said(tmp_path)
    assert len(compiled) == 2


def test_where_the_source_may_be_newer_than_the_process_nothing_is_kept(tmp_path, compiled, monkeypatch):
    monkeypatch.setattr(template_memory, "is_as_loaded", lambda: False)
    said(tmp_path)
    said(tmp_path)
    assert len(compiled) == 2
    assert list(tmp_path.iterdir()) == []
