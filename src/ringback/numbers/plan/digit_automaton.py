"""Regular expressions over digits to one automaton that follows many of them at once.

The metadata of phonenumbers are regular expressions. This is Glushkov's automaton: every digit of a pattern is a
position, and a state is the set of positions that the digits read so far may have reached.
"""

import re
import re._constants as regex
import re._parser as parser
from collections.abc import Iterator, Sequence
from typing import Any

ALL_DIGITS = (1 << 10) - 1
DEAD = 0
START = 1
_LONGEST = 20

Node = tuple[object, Any]  # an operator of Python's parser, and its argument
Syntax = Sequence[Node]


class NotCompiledError(Exception):
    """A pattern uses something that has no place in a table of digits."""


def parse_pattern(pattern: str) -> Syntax:
    """The syntax tree of a pattern, by Python's own parser.

    Raises:
        NotCompiledError: The parser does not take it.
    """
    try:
        return list(parser.parse(pattern))
    except (re.error, OverflowError) as problem:
        raise NotCompiledError(str(problem)) from None


def digit_set(node: Node) -> int | None:
    """The digits that a piece of syntax takes, as bits; None when it is no single character.

    Raises:
        NotCompiledError: It may take characters that are not spelt out.
    """
    operator, argument = node
    if operator is regex.LITERAL:
        return _literal_digit(argument)
    if operator is regex.NOT_LITERAL:
        return ALL_DIGITS & ~_literal_digit(argument)
    if operator is regex.ANY:
        return ALL_DIGITS
    if operator is not regex.IN:
        return None
    digits = 0
    negated = False
    for kind, value in argument:
        if kind is regex.NEGATE:
            negated = True
        elif kind is regex.LITERAL:
            digits |= _literal_digit(value)
        elif kind is regex.RANGE:
            low, high = value
            digits |= sum(_literal_digit(code) for code in range(max(low, ord("0")), min(high, ord("9")) + 1))
        elif kind is regex.CATEGORY and value is regex.CATEGORY_DIGIT:
            digits |= ALL_DIGITS
        else:
            raise NotCompiledError(f"a set of characters with {kind}")
    return ALL_DIGITS & ~digits if negated else digits


def _literal_digit(code: object) -> int:
    if isinstance(code, int) and ord("0") <= code <= ord("9"):
        return 1 << (code - ord("0"))
    return 0


def digits_of(digits: int) -> Iterator[int]:
    """The digits in a set of bits.

    >>> list(digits_of(0b1001))
    [0, 3]
    """
    return (digit for digit in range(10) if digits >> digit & 1)


class _Piece:
    """Part of a pattern: whether it may be empty, and the positions that begin and end it."""

    __slots__ = ("empty", "first", "last")

    def __init__(self, empty: bool, first: frozenset[int], last: frozenset[int]) -> None:
        self.empty = empty
        self.first = first
        self.last = last


_NOTHING = _Piece(True, frozenset(), frozenset())


class DigitAutomaton:
    """Follows many patterns at once, digit by digit; states are made when they are reached.

    Args:
        patterns: Patterns that must take the whole number.
        beginnings: Patterns that must take its beginning; their bits come after those of `patterns`.

    Raises:
        NotCompiledError: A pattern uses something that the automaton cannot follow.

    >>> automaton = DigitAutomaton(["[12]\\\\d", "1"])
    >>> state = automaton.run("1")
    >>> automaton.accepted(state), automaton.accepted(automaton.next_states(state)[5])
    (2, 1)
    """

    def __init__(self, patterns: Sequence[str], beginnings: Sequence[str] = ()) -> None:
        self._digits = [0]
        self._follow: list[set[int]] = [set()]
        self._accepts = [0]
        self._lasting: set[int] = set()
        for bit, pattern in enumerate(patterns):
            self._add(self._sequence(parse_pattern(pattern)), 1 << bit)
        for bit, beginning in enumerate(beginnings, start=len(patterns)):
            self._add_beginning(self._sequence(parse_pattern(beginning)), 1 << bit)
        self._reach = self._reachable_lengths()
        self._states: dict[frozenset[int], int] = {frozenset(): DEAD, frozenset((0,)): START}
        self._sets: list[frozenset[int]] = [frozenset(), frozenset((0,))]
        self._next: list[tuple[int, ...] | None] = [(DEAD,) * 10, None]
        self._facts: list[tuple[int, int]] = [(0, 0), self._state_facts(frozenset((0,)))]

    def next_states(self, state: int) -> tuple[int, ...]:
        """The state after each of the ten digits."""
        known = self._next[state]
        if known is None:
            known = self._next[state] = self._make_next(state)
        return known

    def run(self, digits: str, state: int = START) -> int:
        """The state after several digits."""
        for digit in digits:
            state = self.next_states(state)[int(digit)]
        return state

    def accepted(self, state: int) -> int:
        """Bits of the patterns that take exactly the digits read."""
        return self._facts[state][0]

    def lengths_ahead(self, state: int) -> int:
        """After how many more digits one of `patterns` could take the whole number, as bits."""
        return self._facts[state][1]

    def _make_next(self, state: int) -> tuple[int, ...]:
        sets: list[set[int]] = [set() for _ in range(10)]
        for position in self._sets[state]:
            for following in self._follow[position]:
                for digit in digits_of(self._digits[following]):
                    sets[digit].add(following)
        return tuple(self._state_of(frozenset(positions)) for positions in sets)

    def _state_of(self, positions: frozenset[int]) -> int:
        state = self._states.get(positions)
        if state is None:
            state = self._states[positions] = len(self._sets)
            self._sets.append(positions)
            self._next.append(None)
            self._facts.append(self._state_facts(positions))
        return state

    def _state_facts(self, positions: frozenset[int]) -> tuple[int, int]:
        accepted = ahead = 0
        for position in positions:
            accepted |= self._accepts[position]
            ahead |= self._reach[position]
        return accepted, ahead

    def _add(self, piece: _Piece, bit: int) -> None:
        self._follow[0] |= piece.first
        if piece.empty:
            self._accepts[0] |= bit
        for position in piece.last:
            self._accepts[position] |= bit

    def _add_beginning(self, piece: _Piece, bit: int) -> None:
        if piece.empty:
            raise NotCompiledError("a beginning that may be empty")
        self._add(piece, bit)
        rest = self._position(ALL_DIGITS)
        self._accepts[rest] |= bit
        for position in (*piece.last, rest):
            self._follow[position].add(rest)
        self._lasting.add(bit)

    def _reachable_lengths(self) -> list[int]:
        # One round for each length. Beginnings loop for ever, so they are left out.
        lasting = sum(self._lasting)
        reach = [1 if accepts & ~lasting else 0 for accepts in self._accepts]
        latest = list(reach)
        for length in range(1, _LONGEST + 1):
            latest = [int(any(latest[following] for following in follow)) for follow in self._follow]
            if not any(latest):
                break
            reach = [have | more << length for have, more in zip(reach, latest, strict=True)]
        return reach

    def _position(self, digits: int) -> int:
        self._digits.append(digits)
        self._follow.append(set())
        self._accepts.append(0)
        return len(self._digits) - 1

    def _sequence(self, tree: Syntax) -> _Piece:
        piece = _NOTHING
        for node in tree:
            piece = self._joined(piece, self._piece(node))
        return piece

    def _piece(self, node: Node) -> _Piece:
        operator, argument = node
        digits = digit_set(node)
        if digits is not None:
            position = frozenset((self._position(digits),))
            return _Piece(False, position, position)
        if operator is regex.BRANCH:
            return self._either([self._sequence(list(branch)) for branch in argument[1]])
        if operator is regex.SUBPATTERN:
            return self._sequence(list(argument[3]))
        if operator in (regex.MAX_REPEAT, regex.MIN_REPEAT):
            low, high, inner = argument
            return self._repeated(int(low), int(high), list(inner))
        raise NotCompiledError(f"{operator}")

    def _repeated(self, low: int, high: int, tree: Syntax) -> _Piece:
        if high > _LONGEST:
            raise NotCompiledError("a repetition without an end")
        piece = _NOTHING
        for _ in range(high - low):  # nested, so that few positions are alive at a time
            inside = self._joined(self._sequence(tree), piece)
            piece = _Piece(True, inside.first, inside.last)
        for _ in range(low):
            piece = self._joined(self._sequence(tree), piece)
        return piece

    def _joined(self, left: _Piece, right: _Piece) -> _Piece:
        for position in left.last:
            self._follow[position] |= right.first
        return _Piece(
            left.empty and right.empty,
            left.first | right.first if left.empty else left.first,
            left.last | right.last if right.empty else right.last,
        )

    def _either(self, pieces: Sequence[_Piece]) -> _Piece:
        return _Piece(
            any(piece.empty for piece in pieces),
            frozenset().union(*(piece.first for piece in pieces)),
            frozenset().union(*(piece.last for piece in pieces)),
        )
