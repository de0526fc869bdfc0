"""What people send with a report is written again, or refused with a reason. Nothing but its pixels is kept."""

import io

import pytest
from PIL import Image

from publishing.uploads import hostile_files as made
from ringback.publishing.uploads.cleaning import clean_file


def opened(found):
    assert found.refused == ""
    return [Image.open(io.BytesIO(data)) for _kind, data in found.pictures]


CLEANED = {
    "png": (made.picture, "png"),
    "jpeg": (lambda: made.picture("JPEG"), "jpeg"),
    "gif": (lambda: made.picture("GIF"), "png"),
    "webp": (lambda: made.picture("WEBP"), "jpeg"),
    "picture with a palette": (lambda: made.picture(mode="P"), "png"),
    "photo with its place": (made.photo_with_place, "jpeg"),
    "png with a text": (made.png_with_text, "png"),
    "photo of a phone": (made.heic, "jpeg"),
    "pdf": (made.pdf, "jpeg"),
    "pdf with a script": (
        lambda: made.pdf(more=b"/OpenAction << /S /JavaScript /JS (app.alert('SECRET-OF-THE-FILE')) >>"), "jpeg",
    ),
    "gif that is a script": (lambda: made.picture("GIF") + b"/*SECRET-OF-THE-FILE*/=1;alert(1)", "png"),
    "png with an archive behind it": (lambda: made.picture() + b"PK\x03\x04SECRET-OF-THE-FILE", "png"),
    "jpeg with a page behind it": (lambda: made.picture("JPEG") + b"<html><script>SECRET-OF-THE-FILE", "jpeg"),
    "pdf with a page behind it": (lambda: made.pdf() + b"<html><script>SECRET-OF-THE-FILE", "jpeg"),
}  # fmt: skip


@pytest.mark.parametrize("name", CLEANED)
def test_what_can_be_read_is_written_again_without_anything_but_its_pixels(name):
    make, kind = CLEANED[name]
    found = clean_file(make())
    (picture,) = opened(found)
    assert found.pictures[0][0] == kind
    assert picture.getexif() == {}
    assert not set(picture.info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"}
    assert made.SECRET not in found.pictures[0][1]
    assert b"script" not in found.pictures[0][1]


def test_a_photo_that_was_held_upright_stays_upright():
    (picture,) = opened(clean_file(made.photo_with_place()))
    assert picture.size == (40, 60)


def test_a_statement_of_several_pages_is_a_picture_a_page():
    pages = opened(clean_file(made.pdf(pages=3)))
    assert [one.size for one in pages] == [(417, 209)] * 3
    assert pages[0].getpixel((100, 100))[2] > 200


REFUSED = {
    "svg with a script": (made.svg, "no picture and no PDF"),
    "page": (lambda: b"<html><script>alert(1)</script>", "no picture and no PDF"),
    "program": (lambda: b"\x7fELF" + bytes(500), "no picture and no PDF"),
    "nothing": (lambda: b"", "no picture and no PDF"),
    "page that ends as a pdf": (lambda: b"<html>" + made.pdf(), "no picture and no PDF"),
    "png of 30,000 by 30,000": (made.huge_png, "too many"),
    "truncated jpeg": (lambda: made.picture("JPEG", (400, 400))[:700], "damaged or incomplete"),
    "truncated png": (lambda: made.picture(size=(400, 400))[:-60], "damaged or incomplete"),
    "pdf with a password": (made.locked_pdf, "locked with a password"),
    "truncated pdf": (lambda: made.pdf()[:60], "damaged"),
    "pdf of many pages": (lambda: made.pdf(pages=21), "21 pages"),
    "pdf with a huge page": (lambda: made.pdf(size="14000 14000"), "too large"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_or_is_too_large_is_refused_with_the_reason(name):
    make, why = REFUSED[name]
    found = clean_file(make())
    assert found.pictures == ()
    assert why in found.refused


@pytest.mark.slow
def test_a_pdf_that_unpacks_to_gigabytes_ends_its_own_process_alone():
    data = made.pdf_bomb()
    assert len(data) < 10_000_000
    found = clean_file(data)
    assert found.refused or found.pictures


def test_the_process_that_reads_can_open_no_file_and_no_socket(tmp_path):
    import subprocess
    import sys

    code = (
        "import socket, sys; sys.argv = ['x', '1500000000', '30'];"
        "import ringback.publishing.uploads.cleaning_worker as worker;"
        "worker.clean = lambda data: [open('/etc/passwd')]; \n"
        "try:\n worker.main(1500000000, 30)\nexcept OSError as error:\n print('FILE', error.errno)\n"
        "try:\n socket.socket()\nexcept OSError as error:\n print('SOCKET', error.errno)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], input=b"", capture_output=True, check=False)
    assert done.stdout.split() == [b"FILE", b"24", b"SOCKET", b"24"], done.stderr
