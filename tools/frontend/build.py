"""Makes the style sheet and the script that web/kernel/static has from govuk-frontend.

    cd tools/frontend && npm ci && python build.py

The fonts of GOV.UK and its crest may be used on GOV.UK only. So the style sheet is built with Arial, and the rules for
the crest are taken out. It needs Node.js, and only when govuk-frontend changes; the result is in the repository.
"""

import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
STATIC = HERE.parents[1] / "src" / "ringback" / "web" / "kernel" / "static"
DIST = HERE / "node_modules" / "govuk-frontend" / "dist" / "govuk"
_CREST = re.compile(r"[a-z-]+:url\([^)]*govuk-crest\.svg[^)]*\)[^;}]*;?")
_SOURCE_MAP = re.compile(r"//# sourceMappingURL=\S+\s*\Z")


def build(folder: Path) -> None:
    """Write both files into a folder."""
    sass = (HERE / "node_modules" / ".bin" / "sass", "--style=compressed", "--no-source-map", HERE / "app.scss")
    made = subprocess.run(sass, cwd=HERE, check=True, capture_output=True, text=True, encoding="utf-8").stdout
    style = _CREST.sub("", made.lstrip("\ufeff"))
    if "url(" in style or "GDS Transport" in style:
        sys.exit("the style sheet asks for a picture or a font")
    folder.joinpath("govuk-frontend.css").write_text(style, encoding="utf-8")
    script = (DIST / "govuk-frontend.min.js").read_text(encoding="utf-8")
    folder.joinpath("govuk-frontend.js").write_text(_SOURCE_MAP.sub("\n", script), encoding="utf-8")


if __name__ == "__main__":
    build(STATIC)
