"""A writer of dumps for tests: any rows in the styles that dumps come in."""

from dataclasses import dataclass

from hypothesis import strategies as st

from sqldump_reading import CREATE

texts = st.one_of(
    st.text(max_size=12),
    st.text(alphabet="'\"\\`;,()\n\0%_-#/*NULxb \x1a\xe9\U0001f4de", max_size=12),
    st.binary(max_size=8).map(lambda data: data.decode("utf-8", "surrogateescape")),
).filter(lambda text: not any("\ud800" <= char <= "\udbff" for char in text))
numbers = st.one_of(st.integers(-(10**12), 10**12), st.decimals(-1000, 1000, places=3)).map(str)
rows_of_values = st.lists(
    st.tuples(
        numbers | st.none(),
        texts | st.none(),
        st.binary(max_size=10) | st.none(),
        st.integers(0, 511).map(str) | st.none(),
    ),
    max_size=12,
)
ESCAPES = {
    b"\0": b"\\0",
    b"\n": b"\\n",
    b"\r": b"\\r",
    b"\\": b"\\\\",
    b"'": b"\\'",
    b'"': b'\\"',
    b"\x1a": b"\\Z",
}


@dataclass(frozen=True)
class Style:
    doubled: bool
    hexed: bool
    single: bool
    complete: bool
    separator: bytes


styles = st.builds(
    Style,
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.sampled_from([b",", b",\n", b" , /* , ( */ "]),
)


def quote(data, style):
    escapes = {b"\\": b"\\\\", b"'": b"''"} if style.doubled else ESCAPES
    return b"'" + b"".join(escapes.get(data[at : at + 1], data[at : at + 1]) for at in range(len(data))) + b"'"


def render(row, style):
    number, text, data, bits = row
    cells = [
        b"NULL" if number is None else number.encode(),
        b"NULL" if text is None else quote(text.encode("utf-8", "surrogateescape"), style),
        b"NULL"
        if data is None
        else b"0x" + data.hex().encode()
        if style.hexed and data
        else (b"_binary " if style.single else b"") + quote(data, style),
        b"NULL" if bits is None else b"b'%s'" % format(int(bits), "b").encode(),
    ]
    return b"(" + b",".join(cells) + b")"


def write(rows, style):
    """Write a dump; its bytes and the byte just after each row."""
    out = bytearray(CREATE.encode())
    ends = []
    head = b"INSERT INTO `t` (`n`, `s`, `b`, `f`) VALUES " if style.complete else b"INSERT INTO `t` VALUES "
    for number, row in enumerate(rows):
        out += head if number == 0 or style.single else style.separator
        out += render(row, style)
        ends.append(len(out))
        if style.single:
            out += b";\n"
    out += b"" if style.single or not rows else b";\n"
    return bytes(out), ends
