"""The bar that shows on a terminal how far a step is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, ProgressColumn, Task, TextColumn
from rich.progress import Progress as Bars
from rich.text import Text


class _Words(ProgressColumn):
    """What the step says of itself."""

    def __init__(self, words: Callable[[], str]) -> None:
        super().__init__()
        self._words = words

    def render(self, task: Task) -> Text:
        return Text(self._words())


@contextmanager
def drawn_bar(
    console: Console, label: str, *, known: bool, words: Callable[[], str]
) -> Iterator[Callable[[float], None]]:
    """Draw a bar while the context lasts; it gives a function that is told how much is done, from 0 to 1.

    Args:
        console: Where.
        label: What is done.
        known: Whether anybody knows how much there is to do; otherwise the bar only moves.
        words: What stands beside the bar.
    """
    columns = (TextColumn("{task.description:<26}"), BarColumn(bar_width=30), _Words(words))
    with Bars(*columns, console=console, refresh_per_second=4) as bars:
        task = bars.add_task(label, total=1.0 if known else None)
        yield lambda share: bars.update(task, completed=share)
        bars.update(task, completed=1.0, total=1.0)
