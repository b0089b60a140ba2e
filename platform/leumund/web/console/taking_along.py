"""What leaves the console as a file about people: for a reason to choose and with a fresh code, so that it is noted.

A borrowed browser takes nothing along, and whoever may says what for (requirements A52).
"""

from collections.abc import Mapping

from leumund.kit import language
from leumund.kit.faults import Refused

# A few to choose from, since the log outlives people: what is typed could name one.
REASONS = ("person", "authority", "claim", "incident", "review")


class NoReason(Refused):
    """Nobody says what the file is for."""


def reason(sent: Mapping[str, str]) -> str:
    """The one of REASONS that was sent. Raises NoReason."""
    given = sent.get("reason", "")
    if given not in REASONS:
        raise NoReason("errors.audit.reason", field="reason")
    return given


def reasons(lang: str) -> list[tuple[str, str]]:
    """What the form offers; nothing is chosen beforehand."""
    return [(each, language.text(f"console.audit.reason.{each or 'choose'}", lang)) for each in ("", *REASONS)]
