"""What phonenumbers takes off, or rewrites, at the start of a national number that stands after its country code."""

import re
import re._constants as regex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import NamedTuple

from ringback.numbers.plan.digit_automaton import (
    DigitAutomaton,
    Node,
    NotCompiledError,
    Syntax,
    digit_set,
    parse_pattern,
)

_MOST_WAYS = 5000
# Longer prefixes are unsure: behind each carrier code (China has 2,100) every run of the country would be repeated.
_LONGEST_EXACT = 1
_SIMPLE_RULE = re.compile(r"([0-9]*)(?:\\|\$)([1-9])")


@dataclass(frozen=True, slots=True)
class PrefixWay:
    """One way in which a prefix pattern may match: what stands there, and what is put in its place.

    Attributes:
        digits: The digits that it takes, place by place, as bits.
        kept: Whether the digit at each place stays.
        put_first: Digits that are put in front of those that stay.
        whole: Whether it matches only where nothing follows.
    """

    digits: tuple[int, ...]
    kept: tuple[bool, ...]
    put_first: str = ""
    whole: bool = False

    @property
    def shorter(self) -> int:
        """By how many digits it makes a number shorter."""
        return self.kept.count(False) - len(self.put_first)


@dataclass(frozen=True, slots=True)
class _Match:
    digits: tuple[int, ...] = ()
    groups: tuple[tuple[int, int, int], ...] = ()  # number of the group, its start and its end
    whole: bool = False


def prefix_ways(pattern: str | None, rule: str | None) -> tuple[PrefixWay, ...]:
    r"""All ways in which a prefix pattern may match, in the order in which Python's matching prefers them.

    Args:
        pattern: `national_prefix_for_parsing` of the metadata.
        rule: `national_prefix_transform_rule`, such as `9\1`.

    Raises:
        NotCompiledError: The pattern or the rule is not as simple as those known so far.

    >>> [(way.digits, way.kept, way.put_first) for way in prefix_ways("0(1)?", r"5\1")]
    [((1, 2), (False, True), '5'), ((1,), (False,), '')]
    """
    if not pattern:
        return ()
    matches = list(islice(_matches(parse_pattern(pattern), _Match()), _MOST_WAYS + 1))
    if len(matches) > _MOST_WAYS:
        raise NotCompiledError("a prefix that matches in too many ways")
    last_group = re.compile(pattern).groups
    return tuple(_way(match, rule or "", last_group) for match in matches)


def _way(match: _Match, rule: str, last_group: int) -> PrefixWay:
    spans = {group: (start, end) for group, start, end in match.groups}
    nothing_kept = (False,) * len(match.digits)
    if rule and last_group == 0:
        raise NotCompiledError("a rule for a prefix without groups")
    # phonenumbers rewrites only where the last group took part; else it takes the prefix off.
    if not rule or last_group not in spans:
        return PrefixWay(match.digits, nothing_kept, whole=match.whole)
    simple = _SIMPLE_RULE.fullmatch(rule)
    if simple is None:
        raise NotCompiledError(f"the rule {rule}")
    start, end = spans.get(int(simple[2]), (0, 0))
    kept = tuple(start <= place < end for place in range(len(match.digits)))
    return PrefixWay(match.digits, kept, simple[1], match.whole)


def _matches(tree: Syntax, before: _Match) -> Iterator[_Match]:
    if not tree:
        yield before
        return
    for match in _node_matches(tree[0], before):
        yield from _matches(tree[1:], match)


def _node_matches(node: Node, before: _Match) -> Iterator[_Match]:
    operator, argument = node
    if operator is regex.AT:
        if argument is not regex.AT_END:
            raise NotCompiledError(f"{argument}")
        yield replace(before, whole=True)
        return
    if before.whole:
        raise NotCompiledError("more of a prefix after its end")
    digits = digit_set(node)
    if digits is not None:
        yield replace(before, digits=(*before.digits, digits))
    elif operator is regex.BRANCH:
        for branch in argument[1]:
            yield from _matches(list(branch), before)
    elif operator is regex.SUBPATTERN:
        group, inside = argument[0], list(argument[3])
        for match in _matches(inside, before):
            if group is None:
                yield match
            else:
                span = (int(group), len(before.digits), len(match.digits))
                yield replace(match, groups=(*match.groups, span))
    elif operator is regex.MAX_REPEAT:
        low, high, inside = argument
        yield from _repeated(int(low), int(high), list(inside), before)
    else:
        raise NotCompiledError(f"{operator}")


def _repeated(low: int, high: int, tree: Syntax, before: _Match) -> Iterator[_Match]:
    # The longest first, as greedy matching does.
    if high > 0:
        for match in _matches(tree, before):
            if len(match.digits) > len(before.digits):
                yield from _repeated(max(low - 1, 0), min(high - 1, 20), tree, match)
            elif low > 0:
                raise NotCompiledError("a repetition of nothing")
    if low == 0:
        yield before


class Stripped(NamedTuple):
    """The number that is left when its prefix was taken off or rewritten.

    Attributes:
        state: Its state in the automaton.
        shorter: By how many digits it is shorter than the given number.
        digit_alone: Whether one digit was taken off and nothing else changed.
    """

    state: int
    shorter: int
    digit_alone: bool


class _Thread(NamedTuple):
    """One way of the prefix: how many of its digits were read, and the state of the resulting number."""

    way: PrefixWay
    place: int
    state: int

    @property
    def through(self) -> bool:
        return self.place == len(self.way.digits)


_Threads = tuple[_Thread, ...]


class PrefixFollower:
    """Follows all ways of a prefix at once, digit by digit; an id stands for how far each way has come.

    Args:
        ways: The ways, preferred ones first.
        automaton: Follows the resulting number.
    """

    def __init__(self, ways: Sequence[PrefixWay], automaton: DigitAutomaton) -> None:
        self._ways = ways
        self._automaton = automaton
        self._ids: dict[tuple[tuple[int, int, int], ...], int] = {}
        self._threads: list[_Threads] = []
        self._next: list[tuple[int, ...] | None] = []
        self._ahead: list[int] = []
        self._ahead_of_long: list[int] = []

    def start(self, length: int) -> int:
        """The id before the first digit of a number of this length."""
        possible = (
            way for way in self._ways if (len(way.digits) == length if way.whole else len(way.digits) <= length)
        )
        return self._id(_Thread(way, 0, self._automaton.run(way.put_first)) for way in possible)

    def next_ids(self, before: int) -> tuple[int, ...]:
        """The id after each of the ten digits."""
        known = self._next[before]
        if known is None:
            threads = self._threads[before]
            known = self._next[before] = tuple(self._id(self._moved(threads, digit)) for digit in range(10))
        return known

    def lengths_ahead(self, at: int) -> int:
        """After how many more digits a pattern could take the resulting number, as bits."""
        return self._ahead[at]

    def lengths_ahead_of_long(self, at: int) -> int:
        """The same, where more than one digit was already taken off."""
        return self._ahead_of_long[at]

    def end(self, at: int) -> Stripped | None:
        """The resulting number after the last digit; None when that is the number as given."""
        threads = self._threads[at]
        if not threads or not threads[-1].through:
            return None
        way = threads[-1].way
        digit_alone = way.kept == (False,) and not way.put_first
        return Stripped(threads[-1].state, way.shorter, digit_alone) if way.digits or way.put_first else None

    def _moved(self, threads: _Threads, digit: int) -> Iterator[_Thread]:
        for way, place, state in threads:
            if place == len(way.digits):
                yield _Thread(way, place, self._automaton.next_states(state)[digit])
            elif way.digits[place] >> digit & 1:
                after = self._automaton.next_states(state)[digit] if way.kept[place] else state
                yield _Thread(way, place + 1, after)

    def _id(self, threads: Iterable[_Thread]) -> int:
        followed = []
        for thread in threads:
            followed.append(thread)
            if thread.through:
                break  # those after it can no longer be preferred
        key = tuple((id(thread.way), thread.place, thread.state) for thread in followed)
        known = self._ids.get(key)
        if known is None:
            known = self._ids[key] = len(self._threads)
            self._threads.append(tuple(followed))
            self._next.append(None)
            self._note_lengths(followed)
        return known

    def _note_lengths(self, threads: Sequence[_Thread]) -> None:
        ahead = ahead_of_long = 0
        for way, place, state in threads:
            lengths = self._automaton.lengths_ahead(state) << way.kept[place:].count(False)
            ahead |= lengths
            ahead_of_long |= lengths if way.kept[:place].count(False) > _LONGEST_EXACT else 0
        self._ahead.append(ahead)
        self._ahead_of_long.append(ahead_of_long)
