"""What a stand-in can be told at its start."""

from dataclasses import dataclass, field

from notify_standin.letters import LETTERS

TEMPLATE_BODY = (
    "Metro Police: this number was called by a fraud service. Search for our alert page. "
    "Your reference is ((reference))"
)


@dataclass
class Options:
    """The provider's limits and habits; the defaults are GOV.UK Notify's own.

    Attributes:
        rate_limit: Requests a minute for each type of key; None for no limit.
        daily_limit: Texts in one UTC day.
        allow_international: Whether foreign numbers are accepted.
        allow_landline: Whether UK landlines and 03 numbers are accepted.
        guest_list: The only numbers that a team key may send to.
        service_name: What the service is called; a phone shows it before each text.
        prefix_sms: Whether it does. The name is put there at delivery: the API never shows it.
        letters: Which letters the provider keeps: "welsh" (GSM-7 and Welsh ones) or "any"; see `letters.rewrite`.
        retention_s: Seconds after which a notification can no longer be asked for; a setting of each service.
        page_size: Notifications in one page of a list.
        sending_after_s: Seconds from created to sending.
        final_after_s: Seconds from created to the final status.
        final_statuses: Status -> weight; "sending" means that no final status comes.
        pending_share: Share of notifications that pass through "pending" on their way.
        template_body: The text of the one template there is at the start.
        from_number: What the text appears to come from, and where replies to it arrive.
        seed: Makes identifiers, keys and faults repeatable; None for different ones each time.
        keep_requests: How many of the newest requests the log keeps.
    """

    rate_limit: int | None = 3000
    daily_limit: int = 250_000
    allow_international: bool = False
    allow_landline: bool = False
    guest_list: tuple[str, ...] = ()
    service_name: str = "Alerts"
    prefix_sms: bool = True
    letters: str = "welsh"
    retention_s: float = 7 * 86_400.0
    page_size: int = 250
    sending_after_s: float = 1.0
    final_after_s: float = 5.0
    final_statuses: dict[str, float] = field(default_factory=lambda: {"delivered": 1.0})
    pending_share: float = 0.0
    template_body: str = TEMPLATE_BODY
    from_number: str = "07700900500"
    seed: int | None = None
    keep_requests: int = 500_000

    def __post_init__(self) -> None:
        if self.letters not in LETTERS:
            raise ValueError(f"letters is one of: {', '.join(LETTERS)}")
