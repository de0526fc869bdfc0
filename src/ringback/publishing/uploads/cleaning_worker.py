"""A program of its own: reads one uploaded file from its standard input, and writes it again as clean pictures.

Libraries that decode pictures have holes, and whoever sends one may look for them. So this runs in a process with
limited memory and time that, once it has its libraries, can open no file and no socket, and whose crash does no harm.
It prints one line of JSON: {"pictures": [{"kind": "png", "bytes": 123}, ...]}, and then the pictures; or
{"refused": "why"}. Nothing of the file is kept but its pixels: no place, no time, no camera, no text, no script.

Usage: python cleaning_worker.py MEMORY_BYTES CPU_SECONDS
"""

import io
import json
import resource
import sys
from typing import Any

# A page of A4 at 150 dots an inch has 2.2 million; the camera of a good phone takes 50.
MOST_PIXELS = 60_000_000
MOST_PAGES = 20
_DOTS_PER_POINT = 150 / 72
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "HEIF", "BMP", "TIFF")
# Those are drawn, not photographed: written without loss.
_DRAWN = ("PNG", "GIF", "BMP")
_QUALITY = 90


class Refused(Exception):  # noqa: N818 - a fact about the file
    """The file is not taken; the message says why, in words for the report's record."""


def clean(data: bytes) -> list[tuple[str, bytes]]:
    """The pictures of a file, each with its kind: png or jpeg. Of a PDF, a picture a page.

    Raises:
        Refused: It is none that can be read, or too large.
    """
    if data[:5] == b"%PDF-":
        return _clean_pdf(data)
    return [_clean_picture(data)]


def _clean_picture(data: bytes) -> tuple[str, bytes]:
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as found:
            if found.width * found.height > MOST_PIXELS:
                raise Refused(f"the picture has {found.width} by {found.height} pixels, which is too many")
            kind = found.format or ""
            found.load()
            upright = ImageOps.exif_transpose(found)
    except Image.DecompressionBombError as error:
        raise Refused("the picture has too many pixels") from error
    except UnidentifiedImageError as error:
        raise Refused("it is no picture and no PDF that can be read") from error
    except (OSError, ValueError, SyntaxError, EOFError, IndexError) as error:
        raise Refused("the picture is damaged or incomplete") from error
    return _write(upright, "png" if kind in _DRAWN else "jpeg")


def _write(picture: Any, kind: str) -> tuple[str, bytes]:  # noqa: ANN401 - the libraries' own
    from PIL import Image

    # Pasted into a new picture, so that nothing but pixels comes along.
    flat = picture.convert("RGBA" if kind == "png" and "A" in picture.getbands() else "RGB")
    new = Image.new(flat.mode, flat.size)
    new.paste(flat)
    written = io.BytesIO()
    new.save(written, kind.upper(), **({"quality": _QUALITY} if kind == "jpeg" else {}))
    return kind, written.getvalue()


def _clean_pdf(data: bytes) -> list[tuple[str, bytes]]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower()
        raise Refused("the PDF is locked with a password" if locked else "the PDF is damaged") from error
    pages = len(document)
    if not 1 <= pages <= MOST_PAGES:
        raise Refused(f"the PDF has {pages} pages; {MOST_PAGES} are the most")
    pictures = []
    for place in range(pages):
        try:
            page = document[place]
            width, height = (side * _DOTS_PER_POINT for side in page.get_size())
            if not 1 <= width * height <= MOST_PIXELS / 4:
                raise Refused("a page of the PDF is too large")
            pictures.append(_write(page.render(scale=_DOTS_PER_POINT, may_draw_forms=False).to_pil(), "jpeg"))
        except pypdfium2.PdfiumError as error:
            raise Refused("a page of the PDF is damaged") from error
    return pictures


def main(memory_bytes: int, cpu_seconds: int) -> None:
    """Clean what comes in."""
    import pypdfium2
    from PIL import Image
    from pillow_heif import register_heif_opener

    assert pypdfium2
    register_heif_opener(thumbnails=False)
    Image.init()
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Only the three streams that are open: no file, no socket, no other process from here on.
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
    try:
        pictures = clean(sys.stdin.buffer.read())
    except Refused as error:
        sys.stdout.write(json.dumps({"refused": str(error)}) + "\n")
        return
    except MemoryError:
        sys.stdout.write(json.dumps({"refused": "it takes too much memory to read"}) + "\n")
        return
    head = {"pictures": [{"kind": kind, "bytes": len(one)} for kind, one in pictures]}
    sys.stdout.write(json.dumps(head) + "\n")
    sys.stdout.flush()
    for _kind, one in pictures:
        sys.stdout.buffer.write(one)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
