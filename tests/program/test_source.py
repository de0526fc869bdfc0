"""The program knows what it is made of, and whether that is what it runs."""

import pytest

from ringback.program import source


@pytest.fixture(autouse=True)
def nothing_read_yet():
    source._sources.cache_clear()
    source.is_as_loaded.cache_clear()
    yield
    source._sources.cache_clear()
    source.is_as_loaded.cache_clear()


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package of three modules in place of the program."""
    (tmp_path / "part").mkdir()
    for name in ("one.py", "two.py", "part/three.py"):
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(source, "FOLDER", tmp_path)
    return tmp_path


def digest(**without):
    source._sources.cache_clear()
    return source.source_digest(**without)


def test_any_change_of_a_module_is_another_program(package):
    seen = [digest()]
    (package / "one.py").write_text("one.py ")
    seen.append(digest())
    (package / "four.py").write_text("")
    seen.append(digest())
    (package / "four.py").rename(package / "five.py")
    seen.append(digest())
    (package / "part" / "three.py").unlink()
    seen.append(digest())
    assert len(set(seen)) == len(seen)
    assert digest() == seen[-1]


def test_parts_can_be_left_out(package):
    before = [digest(without=("part",)), digest(without=("one.py",))]
    (package / "part" / "three.py").write_text("changed")
    (package / "__pycache__").mkdir()
    after = [digest(without=("part",)), digest(without=("one.py",))]
    assert before[0] == after[0]
    assert before[1] != after[1]


def test_source_that_is_newer_than_the_process_is_not_what_runs(package, monkeypatch):
    newest = max(path.stat().st_ctime for path in package.rglob("*"))
    monkeypatch.setattr(source, "LOADED_AT", newest + 60)
    assert source.is_as_loaded()
    source.is_as_loaded.cache_clear()
    monkeypatch.setattr(source, "LOADED_AT", newest - 60)
    assert not source.is_as_loaded()


def test_the_folder_is_the_whole_programs():
    assert source.FOLDER.name == "ringback"
    assert (source.FOLDER / "cli" / "main.py").exists()
    assert source.version_of("python").count(".") == 2
