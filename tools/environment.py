"""Make `.venv` from a hashed lock file, or refresh the lock files. Run by the Makefile, with `.uv/bin/python`.

Usage: .uv/bin/python tools/environment.py run|test|check|lock
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = ROOT / ".uv" / "bin" / "uv"
VENV = ROOT / ".venv"
# Each set holds the one before it, so a richer environment serves the poorer command as well.
SETS = ("run", "test", "check")


def uv(*arguments: str) -> None:
    """Run uv quietly in the project folder; its own error text is the message."""
    done = subprocess.run([str(UV), *arguments], cwd=ROOT, check=False)
    if done.returncode:
        sys.exit(f"setting up ringback failed at: uv {' '.join(arguments)}")


def install(wanted: str) -> None:
    """Bring `.venv` to the wanted set, or to the richest one that was ever asked for: what is there stays there."""
    if not (VENV / "bin" / "python").exists():
        uv("venv", "--quiet", "--python", str(ROOT / ".uv" / "bin" / "python"), str(VENV))
    asked = [name for name in SETS if name == wanted or (VENV / name).exists()]
    richest = asked[-1]
    if not is_current(richest):
        print(f"setting up the {richest} environment in .venv ...", file=sys.stderr)
        python = str(VENV / "bin" / "python")
        # The tests start hundreds of processes: what Python does not find compiled, each would compile again.
        compiled = () if richest == "run" else ("--compile-bytecode",)
        uv("pip", "sync", "--quiet", "--require-hashes", *compiled, "--python", python, f"requirements/{richest}.txt")
        uv("pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--python", python, "-e", ".")
    for name in SETS[: SETS.index(richest) + 1]:
        (VENV / name).write_text("ready\n")


def is_current(name: str) -> bool:
    """Say whether the set's marker is newer than everything it was made from."""
    marker = VENV / name
    sources = (ROOT / "requirements" / f"{name}.txt", ROOT / "pyproject.toml")
    return marker.exists() and all(marker.stat().st_mtime >= source.stat().st_mtime for source in sources)


def lock() -> None:
    """Write requirements/*.txt: every package with its hashes, and no index address."""
    compile_ = ("pip", "compile", "--quiet", "--universal", "--generate-hashes", "--no-header")
    compile_ += ("--no-emit-index-url", "--python-version", "3.11")
    uv(*compile_, "requirements/uv.in", "-o", "requirements/uv.txt")
    project = ("requirements/build.in", "pyproject.toml")
    uv(*compile_, *project, "-o", "requirements/run.txt")
    uv(*compile_, *project, "--extra", "test", "-c", "requirements/run.txt", "-o", "requirements/test.txt")
    uv(
        *compile_,
        *project,
        "--extra",
        "test",
        "--extra",
        "check",
        "-c",
        "requirements/test.txt",
        "-o",
        "requirements/check.txt",
    )


if __name__ == "__main__":
    wanted = sys.argv[1] if len(sys.argv) == 2 else ""
    if wanted == "lock":
        lock()
    elif wanted in SETS:
        install(wanted)
    else:
        sys.exit(__doc__)
