"""What leaves the console as a file about people: for a reason to choose and with a fresh code, so that it is noted.

A borrowed browser takes nothing along, and whoever may says what for (requirements A52).
"""

from collections.abc import Mapping

from leumund.kit import language
from leumund.web import forms

# A few to choose from, since the log outlives people: what is typed could name one.
REASONS = ("person", "authority", "claim", "incident", "review")


def reason(sent: Mapping[str, str]) -> str:
    """The one of REASONS that was sent. Raises NotChosen."""
    return forms.chosen(sent, "reason", REASONS, fault="errors.audit.reason")


def reasons(lang: str) -> list[tuple[str, str]]:
    """What the form offers; nothing is chosen beforehand."""
    return [(each, language.text(f"console.audit.reason.{each or 'choose'}", lang)) for each in ("", *REASONS)]
