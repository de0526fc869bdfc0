"""Commands that are listed, and loaded only when they are called.

Loading every command takes seconds, and only one of them is run. So a list says where each command is, and what
`--help` shows of it. To run one, only its own module is loaded, and what that imports.
"""

import gc
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup


@dataclass(frozen=True, slots=True)
class Listed:
    """A command, or a group of commands, that is not loaded yet.

    Attributes:
        help: The first sentence of its own help. The tests compare the two.
        place: The module and the function in it; for a group, the module and the typer app in it.
        example: What stands below its help; a group has none.
    """

    help: str
    place: str
    example: str = ""

    def load(self, name: str) -> Any:  # noqa: ANN401 - click's command: which click it is, is for typer to say
        """The command itself, under its name."""
        module, _colon, attribute = self.place.partition(":")
        found = getattr(import_module(module), attribute)
        # What was loaded stays, so the garbage collector never looks through it.
        gc.freeze()
        gc.enable()
        # typer makes commands only from what is in an app.
        holder = typer.Typer(rich_markup_mode=None)
        if isinstance(found, typer.Typer):
            holder.add_typer(found, name=name)
        else:
            holder.command(name, epilog=f"Example: {self.example}")(found)
        return typer.main.get_group(holder).commands[name]


class ListedGroup(TyperGroup):
    """A group of listed commands; to be subclassed with the list."""

    listed: ClassVar[Mapping[str, Listed]]

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - typer's own settings of a group
        commands: Any = _LoadedWhenAsked(self.listed)
        super().__init__(**settings | {"commands": commands})

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401 - click's context
        """The names, in the order of the list."""
        return list(self.listed)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - click's own
        """Show the list, with a stand-in for each command, so that none is loaded to be listed."""
        lines = {name: TyperCommand(name, help=one.help) for name, one in self.listed.items()}
        TyperGroup(name=self.name, commands=dict(lines)).format_commands(ctx, formatter)


class _LoadedWhenAsked(Mapping[str, Any]):
    """The commands of a group by their names; each is loaded when it is looked up."""

    def __init__(self, listed: Mapping[str, Listed]) -> None:
        self._listed = listed
        self._loaded: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - as `Listed.load`
        if name not in self._loaded:
            self._loaded[name] = self._listed[name].load(name)
        return self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._listed)

    def __len__(self) -> int:
        return len(self._listed)
