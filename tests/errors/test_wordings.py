"""Every error that is raised has a wording, every wording is used, and each gets the facts that it speaks of."""

import ast
from pathlib import Path
from string import Formatter

import pytest

import ringback
from ringback.errors import ERRORS, RingbackError

SOURCE = Path(ringback.__file__).parent


def raised():
    """(place, code, names of the facts; None where they are not written out) of each error that the program makes."""
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "RingbackError":
                code = node.args[0].value if isinstance(node.args[0], ast.Constant) else None
                names = {one.arg for one in node.keywords}
                yield f"{path.relative_to(SOURCE)}:{node.lineno}", code, None if None in names else names


RAISED = list(raised())
# Words of a program that may name an error: some are chosen first and raised afterwards.
WORDS = {
    node.value
    for path in SOURCE.rglob("*.py")
    if path.parent.name != "errors"
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    if isinstance(node, ast.Constant) and isinstance(node.value, str)
}


def fields(code):
    """The facts that an error's wording and next step speak of."""
    texts = ERRORS[code].happened, ERRORS[code].next_step
    return {name for text in texts for _before, name, _form, _conversion in Formatter().parse(text) if name}


def test_every_error_that_is_raised_has_a_wording():
    assert len(RAISED) > 100
    assert [(place, code) for place, code, _names in RAISED if code is not None and code not in ERRORS] == []


def test_every_error_gets_the_facts_that_its_wording_speaks_of():
    told = [(place, code, names) for place, code, names in RAISED if code in ERRORS and names is not None]
    assert [(place, code, fields(code) - names) for place, code, names in told if fields(code) - names] == []


def test_every_wording_belongs_to_an_error_that_is_raised():
    assert [code for code in ERRORS if code not in WORDS] == []


def test_an_error_without_a_wording_cannot_be_made():
    with pytest.raises(KeyError):
        RingbackError("nobody_worded_this")
