"""What every page of an app shows around its content."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Link:
    """A link to a page of the app.

    Attributes:
        text: Its words, in the language of the app.
        endpoint: The name of the page's route.
    """

    text: str
    endpoint: str


@dataclass(frozen=True)
class Site:
    """The frame of the pages.

    Attributes:
        service: The name of the service, in the language of the app.
        force: The name of the police force.
        synthetic: Whether its records are made up. Every page says so.
        home: The route that the name of the service leads to.
        phase: "alpha" or "beta", in the language of the app, while the service is being tried out; "" afterwards.
        navigation: Links below the name of the service.
        footer: Links at the foot of the page.
        fraud_help: Whether error pages say how to report fraud without this service. Not for staff.
    """

    service: str
    force: str
    synthetic: bool
    home: str
    phase: str = ""
    navigation: tuple[Link, ...] = ()
    footer: tuple[Link, ...] = ()
    fraud_help: bool = True
