"""Whom people write to about the public service: settings of the case that its pages show."""

from collections.abc import Mapping
from typing import Any

# What is missing without each of them, in words for the person who prepares a publication.
WITHOUT = {
    "security": "there will be no /.well-known/security.txt, and whoever finds a hole cannot tell you",
    "privacy": "the page about privacy will tell people to ring 101",
    "accessibility": "the page about accessibility will tell people to ring 101",
}


def read_contacts(publishing: Mapping[str, Any]) -> dict[str, str]:
    """The contacts that are set, by what they are for: security, privacy, accessibility.

    Args:
        publishing: The [publishing] section of case.toml, checked.

    >>> read_contacts({"privacy_contact": "data@police.example"})
    {'privacy': 'data@police.example'}
    """
    found = {name: str(publishing.get(f"{name}_contact") or "") for name in WITHOUT}
    return {name: contact for name, contact in found.items() if contact}


def say_missing(contacts: Mapping[str, str]) -> list[str]:
    """A sentence for each contact that is not set, and what comes of it."""
    return [
        f"case.toml has no {name}_contact under [publishing]: {what}"
        for name, what in WITHOUT.items()
        if name not in contacts
    ]
