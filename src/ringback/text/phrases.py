"""English sentences that can be said in another language, although they are put together where nobody knows of it."""

from collections.abc import Callable


class Phrase(str):
    """A sentence that remembers its form, and what was filled in.

    In English it is a string like any other. Mark with it every sentence that people read and that no template holds:
    `tools/catalogue.py` lists the forms for translators.

    >>> Phrase("It is by %(name)s.", name="Evri")
    'It is by Evri.'

    Args:
        form: The sentence, with placeholders such as `%(name)s` if there is anything to fill in.
        **values: What is filled in. Of these, other phrases are said in the other language as well.
    """

    form: str
    values: dict[str, str]

    def __new__(cls, form: str, **values: str) -> "Phrase":
        """Make the sentence."""
        made = super().__new__(cls, form % values if values else form)
        made.form, made.values = form, values
        return made


def say(text: str, look_up: Callable[[str], str]) -> str:
    """A sentence in another language.

    >>> words = {"No link.": "Dim dolen.", "%(reason)s Real senders do that.": "%(reason)s Mae anfonwyr go iawn."}
    >>> say(Phrase("%(reason)s Real senders do that.", reason=Phrase("No link.")), words.__getitem__)
    'Dim dolen. Mae anfonwyr go iawn.'

    Args:
        text: A phrase, or any other English sentence.
        look_up: Gives the sentence for a form in English; the form itself where there is none.
    """
    # Asked for "", gettext gives the head of its catalogue.
    if not text:
        return ""
    if not isinstance(text, Phrase) or not text.values:
        return look_up(str(text))
    said = {name: say(value, look_up) if isinstance(value, Phrase) else value for name, value in text.values.items()}
    return look_up(text.form) % said
