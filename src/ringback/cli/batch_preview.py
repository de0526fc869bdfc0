"""A batch drawn for the person who is to approve it."""

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from rich.text import Text

from ringback.alerting.batches.preview import channel_rows
from ringback.cli.terminal import out

# Characters in a line of a phone of usual size.
PHONE_WIDTH = 34


def print_preview(facts: Mapping[str, Any]) -> None:
    """Show everything that `preview.preview_batch` gave, with no number in it."""
    state = f"{facts['state']}: {facts['state_why']}" if facts["state_why"] else facts["state"]
    out.print(f"{facts['batch']}  {state}", markup=False, style="bold")
    out.print(f"planned by {facts['planned_by']} at {facts['planned_at']}, rule {facts['rule']}", markup=False)
    for line in draw_phone(facts["text"], shown_as=facts["sender"].get("shown_as") or "(no sender name)"):
        out.print(line, markup=False)
    print_text_facts(facts)
    print_channels(facts)
    print_times(facts)
    for one in facts["rehearsals"]:
        out.print(f"rehearsal  {one['batch']} {one['state']}", markup=False)
    if facts["read_on_phone_by"]:
        out.print(f"on a phone read as planned, by {facts['read_on_phone_by']}", markup=False)
    for warning in facts["warnings"]:
        out.print(f"note       {warning}", markup=False)
    shown = len(facts["type_to_approve"])
    hash_ = Text("hash       ")
    hash_.append(facts["hash"][:shown], style="bold reverse")
    hash_.append(" " + facts["hash"][shown:], style="dim")
    out.print(hash_)


def draw_phone(text: str, *, shown_as: str, width: int = PHONE_WIDTH) -> Iterator[str]:
    """The text in a box as wide as a phone, line by line.

    >>> print(*draw_phone("Example Police: this number was called.", shown_as="ExamplePol", width=16), sep="\\n")
    ╭──────────────────╮
    │    ExamplePol    │
    ├──────────────────┤
    │ Example Police:  │
    │ this number was  │
    │ called.          │
    ╰──────────────────╯
    """
    yield f"╭{'─' * (width + 2)}╮"
    yield f"│ {shown_as[:width]:^{width}} │"
    yield f"├{'─' * (width + 2)}┤"
    for paragraph in text.split("\n"):
        for line in textwrap.wrap(paragraph, width) or [""]:
            yield f"│ {line:<{width}} │"
    yield f"╰{'─' * (width + 2)}╯"


def print_text_facts(facts: Mapping[str, Any]) -> None:
    """Language, length, parts and cost."""
    if facts["read_by"]:
        out.print(f"language   {facts['language']}: read, word for word, by {facts['read_by']}", markup=False)
    parts = "1 part" if facts["parts"] == 1 else f"{facts['parts']} parts"
    outside = f" because of {' '.join(facts['outside_gsm'])}" if facts["outside_gsm"] else ""
    out.print(f"text       {facts['characters']} characters, {parts}, {facts['encoding']}{outside}", markup=False)
    priced = f"at £{facts['price_per_part']} a part" if facts["price_per_part"] != "0" else "no price in case.toml"
    out.print(f"cost       £{facts['cost_gbp']} for {facts['texts']:,} texts ({priced})", markup=False)


def print_channels(facts: Mapping[str, Any]) -> None:
    """Where everybody goes, and why."""
    out.print(f"\n{facts['candidates'] or facts['texts']:,} numbers, each with one route:", markup=False)
    for channel, words, count in channel_rows(facts["channels"]):
        out.print(f"{count:>10,} {channel:<9} {words}", markup=False)
    out.print()


def print_times(facts: Mapping[str, Any]) -> None:
    """When, how fast, and by whom."""
    for place, one in enumerate(facts["windows"]):
        out.print(f"{'window' if place == 0 else '':<10} {one}", markup=False)
    for one in facts["cut"]:
        out.print(f"           cut off as quiet: {one}", markup=False)
    quiet = f"{facts['quiet']} ({facts['quiet_why']})" if facts["quiet_why"] else facts["quiet"]
    out.print(f"quiet      {quiet}", markup=False)
    out.print(
        f"pace       {facts['pace']}, at most {facts['per_second']:g} a second and {facts['daily_limit']:,} a day",
        markup=False,
    )
    if facts["texts"]:
        out.print(f"done       {facts['expected_end'] or 'not within what is left of its windows'}", markup=False)
    known = {
        name: value
        for name, value in facts["sender"].items()
        if value not in (None, "") and name not in ("template_body", "key_digest")
    }
    out.print(f"sender     {', '.join(f'{name} {value}' for name, value in known.items())}", markup=False)
