"""Forms as visitors send them: plain texts by field, and what is wrong with them next to each field."""

from collections.abc import Mapping
from typing import Any

from litestar import Request

from leumund.kit.faults import Refusals, Refused
from leumund.web import answering

# Enough for the longest comment, escaped; a body above it is refused before it is read.
MOST_BODY_BYTES = 100_000
_TICKED = ("yes", "on")


class Missing(Refused):
    """A field that must be filled is not."""


class NotAccepted(Refused):
    """The terms were not accepted."""


class OutOfDate(Refused):
    """The form was open too long, or its wording has changed since: it must be read and sent again."""


async def filled(request: Request[Any, Any, Any]) -> dict[str, str]:
    """What was sent, trimmed; files and NUL, which no field of ours takes, are left out."""
    sent = await request.form()
    return {name: value.replace("\0", "").strip() for name, value in sent.items() if isinstance(value, str)}


def ticked(sent: Mapping[str, str], name: str) -> bool:
    """Whether the box was ticked."""
    return sent.get(name) in _TICKED


def require(sent: Mapping[str, str], *, fields: tuple[str, ...]) -> None:
    """Nothing, when all ``fields`` are filled and the terms accepted. Raises Refusals."""
    faults: list[Refused] = [Missing("errors.forms.missing", field=name) for name in fields if not sent.get(name)]
    if not ticked(sent, "terms"):
        faults.append(NotAccepted("errors.forms.terms", field="terms"))
    if faults:
        raise Refusals(faults)


def errors(fault: Refused | Refusals, lang: str) -> dict[str, str]:
    """Ready texts by field; ``form`` holds what belongs to no field."""
    return {field or "form": text for field, text in answering.errors_of(fault, lang).items()}


def masked(email: str) -> str:
    """An address as a hint to its owner: ``b…@people.example``."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}…@{domain}"
