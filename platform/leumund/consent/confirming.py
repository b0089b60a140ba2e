"""Confirm a request by the button behind the link: the second half of the double opt-in.

The row itself decides who comes first, so two clicks at once confirm once, and a later one is told it was done.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from leumund.audit import noting
from leumund.consent import rules, suppressing
from leumund.consent.tables import ConsentRequest
from leumund.kit import faults, ground

_CLAIM = """
UPDATE consent_request request SET confirmed_at = $2 FROM customer
WHERE request.id = $1 AND request.confirmed_at IS NULL AND request.expires_at > $2 AND customer.id = request.customer
RETURNING request.customer, request.source, request.requested_at, request.address_hash, customer.email_hash
"""
# What was withdrawn since the form was sent stays withdrawn: an old link in a mailbox must not bring it back.
# The person is named too, because their events have an index and requests have none.
_GIVE = """
INSERT INTO consent_event (customer, request, text, controller, purpose, channel, state, source, evidence, at)
SELECT asked.customer, asked.request, asked.text, asked.controller, asked.purpose, asked.channel, 'given',
       asked.source, asked.evidence || $3::jsonb, $2
FROM consent_event asked
WHERE asked.customer = $5 AND asked.request = $1
  AND asked.state = 'requested' AND (asked.evidence ->> 'chosen')::boolean AND asked.channel = ANY ($4::text[])
  AND NOT EXISTS (
    SELECT FROM consent_event ended
    WHERE (ended.customer, ended.purpose, ended.channel) = (asked.customer, asked.purpose, asked.channel)
      AND ended.state = 'withdrawn' AND ended.at >= asked.at)
RETURNING purpose, channel, evidence ->> 'address' AS address
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
    customer: UUID = claimed[0]["customer"]
    _require_same_address(claimed[0].pop("email_hash"), claimed[0].pop("address_hash"))
    second = msgspec.json.encode({"confirmation": {**(evidence or {}), "at": at}}).decode()
    for given in await ground.fetch(_GIVE, request, at, second, list(rules.PROVEN_BY_MAIL), customer):
        await _reopen(customer, given, at)
    return Confirmation(request=request, already=False, **claimed[0])


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


async def _reopen(customer: UUID, given: Mapping[str, str], at: datetime) -> None:
    lifted = await suppressing.lift(address_hash=given["address"], purpose=given["purpose"], channel=given["channel"])
    if lifted:
        detail = {"purpose": given["purpose"], "channel": given["channel"], "reason": "confirmed anew"}
        await noting.note(
            actor=f"customer:{customer}", action="consent.suppression_lifted", subject=customer, detail=detail, at=at
        )
