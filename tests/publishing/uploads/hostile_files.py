"""Files as people, and others, send them. Each is made here; none comes from elsewhere."""

import io
import struct
import zlib

from PIL import Image

SECRET = b"SECRET-OF-THE-FILE"


def picture(kind="PNG", size=(60, 40), mode="RGB", **options):
    """A picture of a few colours."""
    made = Image.new(mode, size, "white" if mode != "P" else 0)
    for x in range(size[0] // 2):
        made.putpixel((x, size[1] // 2), (200, 30, 30) if mode == "RGB" else 1)
    held = io.BytesIO()
    made.save(held, kind, **options)
    return held.getvalue()


def photo_with_place():
    """A JPEG with GPS, camera, comment and orientation."""
    exif = Image.Exif()
    exif[0x010F] = SECRET.decode()
    exif[0x0112] = 6
    exif.get_ifd(0x8825).update({1: "N", 2: (51.0, 29.0, 3.0), 3: "W", 4: (3.0, 10.0, 1.0)})
    return picture("JPEG", exif=exif.tobytes(), comment=SECRET)


def png_with_text():
    """A PNG with a text chunk."""
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("Comment", SECRET.decode())
    return picture(pnginfo=info)


def heic():
    """A photo as a phone takes it, with a place."""
    from pillow_heif import from_pillow

    exif = Image.Exif()
    exif[0x010F] = SECRET.decode()
    held = io.BytesIO()
    from_pillow(Image.new("RGB", (64, 48), "white")).save(held, exif=exif.tobytes(), quality=80)
    return held.getvalue()


def huge_png(width=30_000, height=30_000):
    """A PNG of a few kilobytes that would take gigabytes to read."""
    row = b"\0" + bytes(width // 8)
    packer, rows = zlib.compressobj(9), []
    for _row in range(height):
        rows.append(packer.compress(row))
    data = b"".join(rows) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def pdf(*, content=b"0 0 1 rg 20 20 100 60 re f", size="200 100", more=b"", pages=1):
    """A PDF of a rectangle on each page, with its cross-reference table."""
    kids = " ".join(f"{4 + 2 * page} 0 R" for page in range(pages))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {more.decode()} >>".encode(),
        f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode(),
        b"<< /Title (" + SECRET + b") >>",
    ]
    for page in range(pages):
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {size}] /Contents {5 + 2 * page} 0 R >>".encode())
        objects.append(f"<< /Length {len(content)} >>\nstream\n".encode() + content + b"\nendstream")
    return _assemble(objects)


def pdf_bomb():
    """A PDF whose one stream unpacks to gigabytes."""
    packer, parts = zlib.compressobj(9), []
    for _part in range(2000):
        parts.append(packer.compress(b"q " * 500_000))
    packed = b"".join(parts) + packer.flush()
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R >>"
    stream = f"<< /Length {len(packed)} /Filter /FlateDecode >>\nstream\n".encode() + packed + b"\nendstream"
    return _assemble([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page, stream])


def _assemble(objects, trailer=b""):
    made, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(made))
        made += f"{number} 0 obj\n".encode() + one + b"\nendobj\n"
    start = len(made)
    made += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    made += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    made += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R ".encode() + trailer
    return made + f">>\nstartxref\n{start}\n%%EOF\n".encode()


def locked_pdf():
    """A PDF that asks for a password: its trailer says so, with keys that no empty password fits."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] >>",
        b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <" + b"ab" * 32 + b"> /U <" + b"cd" * 32 + b"> >>",
    ]
    id_ = b"<" + b"0f" * 16 + b">"
    return _assemble(objects, b"/Encrypt 4 0 R /ID [" + id_ + id_ + b"] ")


def svg():
    """A picture that is a page with a script."""
    return b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'
