"""The data files that the program judges by: those that it ships, or those of a release.

    with use_data(files):
        check_signs(text)       judges by these files alone

What was worked out from files is kept with them; what was worked out from a message is kept only until the block ends.
So two releases are never mixed, whatever other threads do, and nothing of a message stays behind. Without a block, the
program's own files count, and both are kept while the process lasts.
"""

import importlib.resources
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class DataFiles:
    """A set of data files, with what was worked out from them.

    Args:
        files: Content by name, such as "signs/advice.toml"; None for the files of the package's data folder.
    """

    def __init__(self, files: Mapping[str, bytes] | None = None) -> None:
        self._files = files
        # For each function its own cache.
        self.kept: dict[Callable[..., Any], Callable[..., Any]] = {}

    def read(self, name: str) -> bytes:
        """The content of a file.

        Raises:
            LookupError: There is none of this name. The program's own is not taken in its place.
        """
        if self._files is None:
            return importlib.resources.files("ringback").joinpath("data", *name.split("/")).read_bytes()
        if name not in self._files:
            raise LookupError(f"there is no file {name}")
        return self._files[name]


class _Scope:
    """The files that count now, and what was worked out from a message meanwhile."""

    def __init__(self, files: DataFiles) -> None:
        self.files = files
        self.kept: dict[Callable[..., Any], Callable[..., Any]] = {}


PACKAGED = DataFiles()
_OUTERMOST = _Scope(PACKAGED)
_scope: ContextVar[_Scope] = ContextVar("scope", default=_OUTERMOST)


@contextmanager
def use_data(files: DataFiles) -> Iterator[None]:
    """Judge by these files, in this thread, until the block ends."""
    token = _scope.set(_Scope(files))
    try:
        yield
    finally:
        _scope.reset(token)


def read_data(name: str) -> bytes:
    """The content of a file of those that count now.

    Raises:
        LookupError: It is not among them.
    """
    return _scope.get().files.read(name)


def kept_with_data(maxsize: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Keep up to so many answers of a function with the data files: for what depends on nothing of a message."""
    return _kept(maxsize, lambda scope: scope.files.kept)


def kept_for_now(maxsize: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Keep up to so many answers of a function until the block of `use_data` ends: for words of a message."""
    return _kept(maxsize, lambda scope: scope.kept)


def forget_packaged() -> None:
    """Forget what was worked out from the program's own files: they were changed on the disk."""
    PACKAGED.kept.clear()
    _OUTERMOST.kept.clear()


def _kept(
    maxsize: int, place: Callable[[_Scope], dict[Callable[..., Any], Callable[..., Any]]]
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        @wraps(function)
        def ask(*args: P.args, **options: P.kwargs) -> R:
            caches = place(_scope.get())
            found = caches.get(function)
            if found is None:
                found = caches.setdefault(function, lru_cache(maxsize)(function))
            answer: R = found(*args, **options)
            return answer

        return ask

    return decorate
