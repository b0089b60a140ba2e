"""Permissions a file brings along: a cell says in words how, when and in which words a consent was given."""

from collections.abc import Mapping, Set
from typing import Any

from leumund.consent import rules
from leumund.consent.giving.importing import PurposeUnknown
from leumund.customers.notation import normalising
from leumund.kit.faults import Refusals, Refused

CHANNEL = "email"
PURPOSES = {"survey_consent": "survey", "recommendation_consent": "recommendation", "profile_consent": "profile"}


class NoBasis(Refused):
    """The cell says yes or no, and not how the consent was given; it could never be demonstrated (GDPR Art. 7(1))."""


class NoAddress(Refused):
    """A consent to mail, of a person without an address."""


def bases(given: Mapping[str, Any], *, asked_for: Set[str]) -> dict[str, str]:
    """The basis of each consent a row brings, by purpose; an empty cell brings none.

    ``asked_for`` are the purposes with a published text. Raises Refusals: NoBasis, PurposeUnknown, and what
    normalising.note raises.
    """
    found, faults = {}, []
    for field, purpose in PURPOSES.items():
        if str(given.get(field, "")).strip():
            try:
                found[purpose] = _basis(given[field], field)
                if purpose not in asked_for:
                    raise PurposeUnknown(
                        "errors.consent.purpose_unknown", field=field, purpose=purpose, channel=CHANNEL
                    )
            except Refused as fault:
                faults.append(fault)
    if faults:
        raise Refusals(faults)
    return found


def need_address(email: str | None) -> None:
    """Raises NoAddress."""
    if email is None:
        raise NoAddress("errors.customers.consent_without_email", field="email")


def _basis(text: str, field: str) -> str:
    plain = normalising.note(text, field=field)
    if not rules.proves(plain):
        raise NoBasis("errors.customers.no_basis", field=field)
    return plain
