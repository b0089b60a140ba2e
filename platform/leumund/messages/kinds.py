"""The kinds of mail there are; one that is not here cannot be queued."""

from collections.abc import Mapping
from types import MappingProxyType

import msgspec


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """``path`` leads to where the mail points, with ``{token}`` signed for ``signed_for`` and the mail's subject.

    ``advertising`` mails need a purpose, and with it a consent: a survey is advertising too (BGH VI ZR 225/17).
    ``greets`` by name only where the name was not typed by somebody we do not know yet.
    """

    path: str
    signed_for: str | None = None
    advertising: bool = False
    asks_score: bool = False
    greets: bool = True


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "survey_invitation": Kind(path="/s/{token}", signed_for="survey", advertising=True, asks_score=True),
        "advocate_invitation": Kind(path="/join/{token}", signed_for="join", advertising=True),
        "opt_in": Kind(path="/confirm/{token}", signed_for="confirm", greets=False),
        "portal_login": Kind(path="/portal/enter/{token}", signed_for="portal", greets=False),
        "reward_released": Kind(path="/portal"),
        "support_requested": Kind(path="/console/support"),
        "staff_enrolment": Kind(path="/console/enrol/{token}", signed_for="enrol"),
    }
)


def signed_for(kind: str) -> str:
    """What the links in mails of ``kind`` are signed for, for the page they lead to."""
    purpose = KINDS[kind].signed_for
    assert purpose is not None, f"{kind} carries no signed link"
    return purpose
