"""Called numbers in Asterisk's `lastdata`: where `dst` says `s`, it holds the number that the dial plan called."""

import re

import pyarrow as pa
import pyarrow.compute as pc

# Extensions of a dial plan that stand for no number: start, invalid, time-out, hang-up.
_NO_NUMBER = ("s", "i", "t", "h", "o", "a", "fax")
# `SIP/trunk/07700900123,60`, `PJSIP/07700900123@trunk,60,tT`, `Local/07700900123@out`, several joined by an ampersand.
_DIALLED = re.compile(r"[A-Za-z0-9_]+/(?:[^,&]*?[/:])?(\+?\d{5,20})(?:@[^,&]*)?(?=[,&|]|$)")


def with_dialled_data(called: pa.Array, last_data: pa.Array) -> pa.Array:
    """Called numbers, completed by those that are only in the data of the last command.

    Args:
        called: Called numbers as seized; null for none.
        last_data: The data of the last command of each row.

    >>> called = pa.array(["s", "07700 900001", "s"])
    >>> last = pa.array(["SIP/trunk/07700900002,60", "SIP/trunk/07700900003,60", "custom/welcome"])
    >>> with_dialled_data(called, last).to_pylist()
    ['07700900002', '07700 900001', 's']
    """
    plain = called.cast(pa.string()) if pa.types.is_dictionary(called.type) else called
    wanted = pc.is_in(plain, pa.array(_NO_NUMBER))
    if not pc.any(wanted).as_py():
        return called
    texts = last_data.cast(pa.string()) if pa.types.is_dictionary(last_data.type) else last_data
    pairs = zip(texts.filter(wanted).to_pylist(), plain.filter(wanted).to_pylist(), strict=True)
    found = [find_dialled(text) or was for text, was in pairs]
    return pc.replace_with_mask(plain, wanted, pa.array(found, pa.string()))


def find_dialled(data: str | None) -> str | None:
    """The one number in the data of a Dial command; None where there is none, or several.

    >>> find_dialled("PJSIP/07700900123@trunk,60,tT"), find_dialled("SIP/101&SIP/102,20")
    ('07700900123', None)
    """
    numbers = {found[1] for found in _DIALLED.finditer(data or "")}
    return numbers.pop() if len(numbers) == 1 else None
