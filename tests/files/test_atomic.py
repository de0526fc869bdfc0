"""Temporary files that were never finished."""

import multiprocessing

from ringback.files.atomic import clear_dead_temp_files, temp_path


def _begin(path):
    temp_path(path).write_text("half")


def test_only_temp_files_of_dead_processes_are_removed(tmp_path):
    child = multiprocessing.get_context("spawn").Process(target=_begin, args=(tmp_path / "report.html",))
    child.start()
    child.join()
    (dead,) = tmp_path.iterdir()
    living, other = temp_path(tmp_path / "report.html"), tmp_path / ".notes.part"
    elsewhere = dead.with_name(dead.name.replace("report.html.", "report.html.another-"))
    for path in (living, other, elsewhere, tmp_path / "report.html"):
        path.write_text("whole")
    clear_dead_temp_files(tmp_path)
    assert not dead.exists()
    assert all(path.exists() for path in (living, other, elsewhere, tmp_path / "report.html"))


def test_no_two_names_are_the_same(tmp_path):
    assert len({temp_path(tmp_path / "a") for _one in range(100)}) == 100
