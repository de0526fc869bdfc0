"""The wording of errors about checking messages for the signs of a scam."""

from ringback.errors.kinds import ErrorKind

SIGN_ERRORS: dict[str, ErrorKind] = {
    "message_too_long": ErrorKind(
        "the message has {characters} characters; at most {most} can be checked",
        "give only the passage that asks for something",
    ),
    "message_kind_unknown": ErrorKind(
        "there is no kind of message {kind}; there are: {known}", "name one of those kinds"
    ),
    "message_missing": ErrorKind("no message was given", "pipe it in, or name a file: {command}"),
    "message_unreadable": ErrorKind(
        "{path} cannot be read as a message: {problem}", "save it as plain text or .eml, then try again"
    ),
    "messages_unreadable": ErrorKind(
        "{path} cannot be read as a list of messages: {problem}",
        "give CSV with a column text, or JSON lines with a field text; id and kind are optional",
    ),
    "calendar_bad": ErrorKind(
        "the calendar {path} cannot be used: {problem}", "put it right, as docs/how-to/check-messages.md shows"
    ),
    "answers_bad": ErrorKind(
        "the answers {path} cannot be used: {problem}", "ringback signs --questions shows the questions"
    ),
}
