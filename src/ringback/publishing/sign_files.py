"""What the public host judges messages by: the files of the check for scams, as the second person approves them.

    scam_check/signs/advice.toml, ...     copies of the program's data files at preparation

The public host judges by these alone, whatever its own program ships.
"""

import hashlib
from collections.abc import Mapping
from functools import lru_cache

from ringback.errors import RingbackError
from ringback.signs.judging_data import ADVICE, MODEL, NEEDED, QUESTIONS, check_data
from ringback.text.data_files import DataFiles, read_data, use_data

FOLDER = "scam_check"
# What people edit, by the word that a manifest has for it.
SIGN_FILES = {"advice": ADVICE, "questions": QUESTIONS, "model": MODEL}


def sign_files() -> dict[str, bytes]:
    """The files, by path inside a release.

    Raises:
        RingbackError: `scam_check_faulty`.
    """
    try:
        files = {name: read_data(name) for name in sorted(NEEDED)}
        _open(tuple(files.items()))
    except (OSError, LookupError, ValueError) as error:
        raise RingbackError("scam_check_faulty", problem=str(error)) from error
    return {f"{FOLDER}/{name}": content for name, content in files.items()}


def tell_sign_files(files: Mapping[str, bytes]) -> dict[str, object]:
    """What a manifest says of them: how many there are, a digest of all, and the digests of those that people edit.

    Args:
        files: All files of a release, by path.
    """
    own = {name: content for name, content in sorted(files.items()) if name.startswith(f"{FOLDER}/")}
    listed = {name: hashlib.sha256(content).hexdigest() for name, content in own.items()}
    together = hashlib.sha256("".join(f"{name} {digest}\n" for name, digest in listed.items()).encode()).hexdigest()
    told = {word: listed[f"{FOLDER}/{path}"] for word, path in SIGN_FILES.items()}
    return {"files": len(own), "digest": together, **told}


def open_sign_files(files: Mapping[str, bytes]) -> DataFiles | None:
    """The data files of a release, ready to judge by; None for a release of the time before there were any.

    Args:
        files: Its files below `FOLDER`, by path.

    Raises:
        ValueError: Some are not there, or cannot be used by this program.
    """
    if not files:
        return None
    # In the order of the names, so that the same files are known again.
    return _open(tuple((name.removeprefix(f"{FOLDER}/"), files[name]) for name in sorted(files)))


# A release with the same files as the one before is ready at once.
@lru_cache(maxsize=2)
def _open(files: tuple[tuple[str, bytes], ...]) -> DataFiles:
    found = DataFiles(dict(files))
    with use_data(found):
        check_data()
    return found
