"""Mailboxes that are thrown away after use, by a list that others maintain and that comes as a package."""

from collections.abc import Mapping
from datetime import date
from importlib import metadata
from types import MappingProxyType

from disposable_email_domains import blocklist

_PACKAGE = "disposable-email-domains"
# The days on which its releases came out, which no installed package says of itself.
_RELEASED: Mapping[str, date] = MappingProxyType({"0.0.293": date(2026, 11, 9)})


def is_temporary(email: str) -> bool:
    """Whether the domain of a normal address, or one that it is below, is on the list."""
    labels = email.rpartition("@")[2].split(".")
    return any(".".join(labels[start:]) in blocklist for start in range(len(labels) - 1))


def listed() -> tuple[int, str, date | None]:
    """How many domains the list holds, its version, and of which day that is where we know it."""
    version = metadata.version(_PACKAGE)
    return len(blocklist), version, _RELEASED.get(version)
