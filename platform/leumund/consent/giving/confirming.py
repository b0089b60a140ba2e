"""Confirm a request by the button behind the link: the second half of the double opt-in.

The row itself decides who comes first, so two clicks at once confirm once, and a later one is told it was done.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.consent import rules
from leumund.consent.evidence import recording
from leumund.consent.evidence.recording import Said
from leumund.consent.giving import reopening
from leumund.consent.giving.requesting import ADDRESS
from leumund.consent.tables import ConsentRequest
from leumund.kit import faults, ground, personal

_CLAIM = """
UPDATE consent_request request SET confirmed_at = $2 FROM customer
WHERE request.id = $1 AND request.confirmed_at IS NULL AND request.expires_at > $2 AND customer.id = request.customer
RETURNING request.customer, request.source, request.requested_at, request.address_hash, request.address_sealed,
    request.check_mail, customer.email_hash
"""
# What was ended since the form was sent stays ended: an old link in a mailbox must not bring it back.
# The person is named too, because their events have an index and requests have none.
_ASKED = """
SELECT asked.request, asked.served, asked.text, asked.controller, asked.purpose, asked.channel, asked.source,
    asked.evidence
FROM consent_event asked
WHERE asked.customer = $2 AND asked.request = $1
  AND asked.state = 'requested' AND (asked.evidence ->> 'chosen')::boolean AND asked.channel = ANY ($3::text[])
  AND NOT EXISTS (
    SELECT FROM consent_event ended
    WHERE (ended.customer, ended.purpose, ended.channel) = (asked.customer, asked.purpose, asked.channel)
      AND ended.state = ANY ($4::text[]) AND ended.at >= asked.at)
ORDER BY asked.position
"""


class RequestUnknown(faults.Unknown):
    """There is no such request, or no longer."""


class RequestExpired(faults.Refused):
    """48 hours have passed, or the person has another address by now; they have to ask again."""


class Confirmation(msgspec.Struct, frozen=True, kw_only=True):
    """A confirmed request; ``already`` when it was confirmed before and nothing happened now.

    ``requested_at`` tells which form the mail was about: what was asked for later is not confirmed by it.
    """

    request: UUID
    customer: UUID
    source: str
    requested_at: datetime
    already: bool


async def confirm(*, request: UUID, at: datetime, evidence: Mapping[str, object] | None = None) -> Confirmation:
    """Give the consents whose boxes were ticked. Raises RequestUnknown, RequestExpired.

    ``evidence`` tells of this second step (method, shortened peer address) and is kept beside that of the first.
    """
    claimed = await ground.fetch(_CLAIM, request, at)
    if not claimed:
        return await _confirmed_before(request)
    row = claimed[0]
    _require_same_address(row["email_hash"], row["address_hash"])
    given = await _give(request, row, {**(evidence or {}), "at": at}, at)
    who = f"customer:{row['customer']}"
    for each in given:
        await reopening.reopen(said=each, address_hash=row["address_hash"], actor=who, reason="confirmed anew", at=at)
    told = {name: row[name] for name in ("customer", "source", "requested_at")}
    return Confirmation(request=request, already=False, **told)


async def _give(request: UUID, row: Mapping[str, Any], second: Mapping[str, object], at: datetime) -> list[Said]:
    """Record what was ticked as given, with all that proves it: the form, the mail it was asked by, and the button."""
    customer = row["customer"]
    await recording.hold(people=[customer])
    proof: dict[str, object] = {"confirmation": second}
    if row["check_mail"] is not None:
        proof["check_mail"] = msgspec.json.decode(row["check_mail"])
    key = (await personal.keys(people=[customer])).get(customer)
    address = ADDRESS.tell(row["address_sealed"], request, key=key) if key else ""
    given = [
        Said(
            **asked | {"evidence": msgspec.json.decode(asked["evidence"]) | proof},
            customer=customer,
            state="given",
            address=address,
            at=at,
        )
        for asked in await ground.fetch(_ASKED, request, customer, list(rules.PROVEN_BY_MAIL), list(rules.ENDS))
    ]
    await recording.record(given)
    return given


async def waiting(*, request: UUID, at: datetime) -> Confirmation:
    """What the link asks to confirm, changing nothing: for the page with the button.

    Raises RequestUnknown, RequestExpired.
    """
    row = await _find(request)
    if row["confirmed_at"] is None and row["expires_at"] <= at:
        raise RequestExpired("errors.consent.request_expired")
    return _confirmation(row)


async def _confirmed_before(request: UUID) -> Confirmation:
    row = await _find(request)
    if row["confirmed_at"] is None:
        raise RequestExpired("errors.consent.request_expired")
    return _confirmation(row)


async def _find(request: UUID) -> dict[str, Any]:
    row = await ConsentRequest.select().where(ConsentRequest.id == request).first()
    if row is None:
        raise RequestUnknown("errors.consent.request_unknown")
    return row


def _confirmation(row: Mapping[str, Any]) -> Confirmation:
    return Confirmation(
        request=row["id"],
        customer=row["customer"],
        source=row["source"],
        requested_at=row["requested_at"],
        already=row["confirmed_at"] is not None,
    )


def _require_same_address(address_hash: str | None, asked_of: str) -> None:
    """Whoever reads the mailbox a person had when they were asked says nothing for the one they have now."""
    if address_hash is None or address_hash != asked_of:
        raise RequestExpired("errors.consent.request_expired")
