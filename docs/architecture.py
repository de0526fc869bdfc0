"""The packages of the program: a page and a picture, made from `.importlinter` and each package's first sentence."""

import ast
import configparser
import re
import textwrap
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "ringback"
# The way of the data, from a seized file to a text on a phone: a package, and what it gives to the next.
FLOW = (
    ("sources", "raw rows"),
    ("ingest", "parsed_calls"),
    ("stages", "calls, victims, ..."),
    ("results", "lists, report"),
    ("alerting/batches", "an approved batch"),
    ("alerting/delivery", "each alert, once"),
    ("alerting/senders", "a text"),
)
# What stands around some of them in the picture: its name, and the first and last of FLOW that it holds.
FRAMES = (("pipeline/run.py", 0, 2), ("alerting/", 4, 6))
HOUSE, ALERTING, SOURCES = "ringback", "ringback.alerting", "ringback.sources"

WIDTH, EDGE, GAP = 1200, 20, 10
LINE, LETTER = 15, 6.1  # height of a line and width of a letter, in pixels
INK, PALE, WARM, COLD, RULE = "#1f2933", "#52606d", "#fde8c8", "#eef2f6", "#9aa5b1"


def contracts() -> dict[str, configparser.SectionProxy]:
    """Every import contract by its short name."""
    found = configparser.ConfigParser()
    found.read(ROOT / ".importlinter", encoding="utf-8")
    return {name.rpartition(":")[2]: found[name] for name in found.sections() if name.startswith("importlinter:contr")}


def layers(container: str) -> list[list[str]]:
    """The layers of a package, from the top; those of one layer may not import each other."""
    for contract in contracts().values():
        if contract["type"] == "layers" and contract["containers"] == container:
            return [[one.strip() for one in row.split("|")] for row in contract["layers"].split("\n") if row]
    raise LookupError(f"no contract has the layers of {container}")


def purpose(place: str) -> str:
    """The first sentence of a package or module, such as `alerting/batches`."""
    path = SOURCE / place / "__init__.py"
    text = ast.get_docstring(ast.parse((path if path.exists() else SOURCE / f"{place}.py").read_text(encoding="utf-8")))
    return re.split(r"(?<=\.)\s", " ".join((text or "").split("\n\n")[0].split()))[0]


def shown_name(place: str) -> str:
    name = place.rpartition("/")[2]
    return f"{name}/" if (SOURCE / place).is_dir() else f"{name}.py"


def packages_page(made: str) -> str:
    """The packages and the modules beside them, layer by layer, and which library only one of them may import."""
    parts = [
        made,
        "# Packages\n\nFrom the top. A package may import what stands in a layer below its own, and nothing else;"
        " `make check` sees to it.\n\n![The packages in their layers](../images/architecture.svg)\n",
    ]
    for container in (HOUSE, ALERTING, SOURCES):
        folder = container.replace(".", "/").removeprefix("ringback").strip("/")
        parts.append(
            f"\n## Inside src/{container.replace('.', '/')}\n\n| layer | name | what it does |\n|---|---|---|\n"
        )
        for number, row in enumerate(layers(container), 1):
            for name in row:
                place = f"{folder}/{name}".strip("/")
                parts.append(f"| {number} | `{shown_name(place)}` | {purpose(place)} |\n")
    parts.append("\n## Other rules of importing\n\n| rule | what | who may import it |\n|---|---|---|\n")
    for contract in contracts().values():
        if contract["type"] == "protected":
            what, who = contract["protected_modules"], f"only {_listed(contract['allowed_importers'])}"
        elif contract["type"] == "forbidden":
            what, who = contract["forbidden_modules"], f"all but {_listed(contract['source_modules'])}"
        else:
            continue
        parts.append(f"| {contract['name']} | {_listed(what)} | {who} |\n")
    return "".join(parts)


def _listed(names: str) -> str:
    return ", ".join(f"`{name.removeprefix('ringback.')}`" for name in names.split())


def picture() -> str:
    """The picture of the packages, as SVG."""
    body, bottom = _flow(76)
    body.append(_text(EDGE, bottom + 40, "The packages: imports run downwards only", size=18, bold=True))
    rows, bottom = _rows(bottom + 56)
    words = "ringback: the way of the data, and the packages in their layers"
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {bottom}" width="{WIDTH}" height="{bottom}"'
        f' role="img" aria-label="{words}" font-family="Helvetica, Arial, sans-serif">\n'
        "<!-- Made by docs/generate.py: change .importlinter or a package's first sentence, then run make docs. -->\n"
        f"<title>{words}</title>\n"
        f'<marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path d="M0 0 8 4 0 8z" fill="{PALE}"/></marker>\n'
        f'<rect width="{WIDTH}" height="{bottom}" fill="#ffffff"/>\n'
    )
    title = _text(EDGE, 32, "From a seized database to warned people", size=18, bold=True)
    return head + "\n".join([title, *body, *rows]) + "\n</svg>\n"


def _flow(top: int) -> tuple[list[str], int]:
    """The way of the data, as a row of boxes with arrows: shapes, and where they end."""
    for place, _gives in FLOW:
        if not (SOURCE / place).is_dir():
            raise LookupError(f"FLOW names {place}, which is no package")
    gap, height = 22, 50
    width = (WIDTH - 2 * EDGE - gap * len(FLOW)) // (len(FLOW) + 1)
    lefts = [EDGE + number * (width + gap) for number in range(len(FLOW) + 1)]
    shapes = []
    for name, first, last in FRAMES:
        left, right = lefts[first + 1] - 8, lefts[last + 1] + width + 8
        shapes.append(_box(left, top - 24, right - left, height + 32, fill="#ffffff"))
        shapes.append(_text(left + 8, top - 8, name, size=12, colour=PALE))
    for left, (place, gives) in zip(lefts, [("exhibits", "seized files"), *FLOW], strict=True):
        shapes.append(_box(left, top, width, height, fill=COLD if left == EDGE else WARM))
        shapes.append(_text(left + 8, top + 20, place.rpartition("/")[2], size=13, bold=True))
        shapes.append(_text(left + 8, top + 38, gives, size=11, colour=PALE))
        if left > EDGE:
            shapes.append(_arrow(left - gap + 1, top + height // 2, left - 1, top + height // 2))
    return shapes, top + height


def _rows(top: int) -> tuple[list[str], int]:
    """The layers, one under the other, with what FLOW passes through in its colour: shapes, and where they end."""
    coloured = {place.partition("/")[0] for place, _gives in FLOW}
    shapes: list[str] = []
    for number, row in enumerate(layers(HOUSE)):
        width = (WIDTH - 2 * EDGE - GAP * (len(row) - 1)) // len(row)
        words = {name: textwrap.wrap(purpose(name), int((width - 18) / LETTER), break_on_hyphens=False) for name in row}
        height = 34 + LINE * max(map(len, words.values()))
        if number:
            shapes.append(_arrow(WIDTH // 2, top - 16, WIDTH // 2, top - 2))
        for place, name in enumerate(row):
            left = EDGE + place * (width + GAP)
            shapes.append(_box(left, top, width, height, fill=WARM if name in coloured else COLD))
            shapes.append(_text(left + 9, top + 20, shown_name(name), size=13, bold=True))
            for at, line in enumerate(words[name]):
                shapes.append(_text(left + 9, top + 38 + LINE * at, line, size=12, colour=PALE))
        top += height + 18
    return shapes, top


def _box(left: int, top: int, width: int, height: int, *, fill: str) -> str:
    place = f'x="{left}" y="{top}" width="{width}" height="{height}"'
    return f'<rect {place} rx="4" fill="{fill}" stroke="{RULE}"/>'


def _text(left: int, top: int, words: str, *, size: int = 12, bold: bool = False, colour: str = INK) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{left}" y="{top}" font-size="{size}"{weight} fill="{colour}">{escape(words)}</text>'


def _arrow(left: int, top: int, right: int, bottom: int) -> str:
    ends = f'x1="{left}" y1="{top}" x2="{right}" y2="{bottom}"'
    return f'<line {ends} stroke="{PALE}" stroke-width="1.5" marker-end="url(#tip)"/>'
