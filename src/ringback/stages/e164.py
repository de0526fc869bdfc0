"""E.164 as text and as a whole number: big tables carry the number, which joins and groups much faster."""

from ringback.expressions import Column, ibis


def e164_digits(text: Column) -> Column:
    """The whole number of an E.164 text, without its plus."""
    return text.substr(1).cast("int64")


def e164_text(digits: Column) -> Column:
    """The E.164 text of a whole number."""
    return ibis.literal("+") + digits.cast("string")
