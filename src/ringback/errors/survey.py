"""The wording of errors about looking at an unknown database."""

from ringback.errors.kinds import ErrorKind

SURVEY_ERRORS: dict[str, ErrorKind] = {
    "survey_no_exhibits": ErrorKind(
        "{path} has no exhibits, so there is nothing to look at", "add them first: ringback exhibit add {path} FILE..."
    ),
    "mapping_unwritable": ErrorKind(
        "the mapping cannot be written to {path}: {problem}",
        "nothing was changed; see what --json proposes and write the sections [tables.ROLE] by hand",
    ),
}
