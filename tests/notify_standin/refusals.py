"""The provider's error replies, word for word where a client may look at the words."""

from typing import Any

CLOCK_MESSAGE = "Error: Your system clock must be accurate to within 30 seconds"
TOKEN_MESSAGE = (
    "Invalid token: make sure your API token matches the example at "
    "https://docs.notifications.service.gov.uk/rest-api.html#authorisation-header"
)
KEY_TYPES = ("live", "team", "test")


class RefusedError(Exception):
    """A request that the provider answers with an error.

    Args:
        status: The HTTP status.
        errors: (kind, message) pairs in the order in which they are listed.
    """

    def __init__(self, status: int, *errors: tuple[str, str]) -> None:
        super().__init__(status, errors)
        self.status = status
        self.errors = errors

    @property
    def kind(self) -> str:
        """The first error's kind."""
        return self.errors[0][0]

    def body(self) -> dict[str, Any]:
        """The JSON that is sent."""
        errors = [{"error": kind, "message": message} for kind, message in self.errors]
        return {"status_code": self.status, "errors": errors}


def bad_request(message: str) -> RefusedError:
    """A 400 for a request whose form is right and whose content is not."""
    return RefusedError(400, ("BadRequestError", message))


def invalid(messages: list[str]) -> RefusedError:
    """A 400 with every fault of the request's form."""
    return RefusedError(400, *(("ValidationError", message) for message in dict.fromkeys(messages)))


def not_authorised(message: str, *, status: int = 403) -> RefusedError:
    """A 401 or 403 about the token."""
    return RefusedError(status, ("AuthError", message))


def not_found() -> RefusedError:
    """A 404 for something that the service does not have."""
    return RefusedError(404, ("NoResultFound", "No result found"))


def over_rate(key_type: str, limit: int) -> RefusedError:
    """A 429 from the token bucket."""
    message = f"Exceeded rate limit for key type {key_type.upper()} of {limit} requests per 60 seconds"
    return RefusedError(429, ("RateLimitError", message))


def over_daily(limit: int) -> RefusedError:
    """A 429 for the day."""
    return RefusedError(429, ("TooManyRequestsError", f"Exceeded send limits (sms: {limit}) for today"))
