"""Columns that may only be counted: one-time codes, PINs, passwords, card numbers, recordings, typed digits.

A clear name is enough. An ambiguous name counts only if the values look like secrets too.
"""

import re
import unicodedata
from enum import StrEnum
from itertools import pairwise

from ringback.schema_matching import value_patterns
from ringback.schema_matching.column_profile import Column
from ringback.sources.mapping import speaks_of_secrets

# Names of secrets, for any values.
_ALWAYS = re.compile(
    r"(^|[^a-z])(otp|totp|tan|mtan|pin|pins|tpin|ipin|cvv2?|cvc2?|dtmf|secret|passw(or)?ds?|passwd|pwd|passcode|uipass"
    r"|sippass|passhash|pass|mdp|motdepasse|contrasena|senha|passwort|kennwort|wachtwoord|parol|parola|sifre|pasw)"
    r"($|[^a-z])"
    r"|password|passwort|kennwort|contrasena|wachtwoord|mot_?de_?passe|onetime|one_time|recording|aufnahme|aufzeichnung"
    r"|grabacion|gravacao|enregistrement|zapis_?razgovora|kayit_?dosya|registrazione_?audio|voicefile|audiofile"
)
_KEY = re.compile(r"(^|_)(id|uid|uuid|guid|key|oid)($|_)")
# Names of secrets only if the values look like secrets: the words have other meanings too.
_AT_A_LOOK = re.compile(
    r"card|pan($|_)|digits|code|kod|codigo|clave|tecla|taste|touche|tasti|tonwahl|eingabe|karte|tarjeta|cartao|carte"
    r"|karta|kart|audio|record|file|datei|fichier|arquivo|archivo|fayl|dosya|ingres|typed|entered|vvedeno|cvv|token"
)


class Secret(StrEnum):
    """Why a column is quarantined, in words."""

    NAMED = "its name says that it is a secret"
    CODE = "its name and values look like codes"
    BYTES = "its values are bytes and no text"
    CARD = "its values look like card numbers"
    PASSWORD = "its values look like hashes of passwords"  # noqa: S105 - no password, but why it may be one
    RECORDING = "its values look like recordings"
    DIGITS = "its values look like digits that somebody typed in"
    ONE_TIME = "its values look like one-time codes or PINs"


def find_reason(column: Column, *, is_key: bool) -> Secret | None:
    """Why a column has to be quarantined; None if it need not be.

    Args:
        column: The column.
        is_key: Whether its values join it to another table.
    """
    name = unicodedata.normalize("NFKD", column.name).encode("ascii", "ignore").decode().lower()
    if _ALWAYS.search(name):
        return Secret.NAMED
    # A run quarantines these names too. But a panel that sells calling cards has card identifiers as keys.
    if speaks_of_secrets(name) and not is_key and not _KEY.search(name):
        return Secret.NAMED
    by_value = _by_value(column, is_key=is_key)
    if by_value:
        return by_value
    named = bool(_AT_A_LOOK.search(name))
    if named and not is_key and column.share(value_patterns.CODE.fullmatch) >= 0.8 and not _comes_back(column):
        return Secret.CODE
    return None


def _comes_back(column: Column) -> bool:
    """Whether the values are used repeatedly, as keys and kinds are, but codes are not."""
    return len(column.filled) >= 3 * column.different


def _by_value(column: Column, *, is_key: bool) -> Secret | None:
    if column.is_blob:
        return Secret.BYTES
    if column.share(value_patterns.is_card) >= 0.6:
        return Secret.CARD
    if column.share(value_patterns.HASH.fullmatch) >= 0.8 and not _is_key_of_digits(column, is_key=is_key):
        return Secret.PASSWORD
    if column.share(value_patterns.RECORDING.fullmatch) >= 0.6:
        return Secret.RECORDING
    if column.share(value_patterns.DIALLED_DIGITS.fullmatch) >= 0.3 and not column.is_phone:
        return Secret.DIGITS
    if not is_key and _looks_like_codes(column):
        return Secret.ONE_TIME
    return None


def _is_key_of_digits(column: Column, *, is_key: bool) -> bool:
    """Whether values that look like hashes are keys: they join tables, repeat, or have the name of a key."""
    if column.share(value_patterns.HEX.fullmatch) < 0.8:
        return False
    named = {"account", "call_id"} & set(column.hints) or _KEY.search(column.name.lower())
    return is_key or bool(named) or _comes_back(column)


def _looks_like_codes(column: Column) -> bool:
    """Whether values are digits of one length, evenly spread, and no count, time, key or phone number."""
    if column.share(value_patterns.CODE.fullmatch) < 0.95 or column.different < 20 or column.is_phone:
        return False
    lengths = [len(value) for value in column.filled]
    usual = max(set(lengths), key=lengths.count)
    if not 4 <= usual <= 8 or lengths.count(usual) < 0.95 * len(lengths) or column.timestamps.share >= 0.9:
        return False
    if _comes_back(column) and not column.has_leading_noughts:
        return False  # values that repeat often are keys
    in_order = [int(value) for value in column.filled if value_patterns.CODE.fullmatch(value)]
    spread = (max(in_order) - min(in_order)) / 10**usual
    rising = sum(a <= b for a, b in pairwise(in_order)) / max(1, len(in_order) - 1)
    return spread >= 0.7 and 0.2 < rising < 0.8
