"""The button behind the mail's link: whatever the person asked for is confirmed, all in one go."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from leumund.consent.giving import confirming as consents
from leumund.customers.login import visiting
from leumund.events import telling
from leumund.kit import ground, outbox
from leumund.programs import joining
from leumund.referrals import accepting, sharing

_TAKE = """
UPDATE referral r SET confirmed_at = $2
WHERE r.request = $1 AND r.confirmed_at IS NULL AND NOT EXISTS (
    SELECT FROM referral o WHERE o.friend = r.friend AND o.confirmed_at IS NOT NULL)
RETURNING r.id, EXISTS (SELECT FROM reward_rule WHERE version = r.version AND trigger = 'sign_up') AS is_rewarded
"""
# Done by the room that knows what a sign-up is worth.
WELCOME = "rewards.welcome"


class Confirmed(msgspec.Struct, frozen=True, kw_only=True):
    """``kind`` is participation, referral or consent; ``login`` opens the portal for a new advocate."""

    kind: str
    customer: UUID
    login: UUID | None


async def confirm(*, request: UUID, at: datetime, evidence: Mapping[str, object]) -> Confirmed:
    """Raises RequestUnknown and RequestExpired; confirming twice changes nothing more and opens no second login."""
    done = await consents.confirm(request=request, at=at, evidence=evidence)
    login = None
    if done.source == joining.SOURCE and not done.already:
        login = await _participation(done.customer, done.requested_at, at)
    elif done.source == accepting.SOURCE:
        await _referral(request, done.customer, at)
    return Confirmed(kind=kind_of(done.source), customer=done.customer, login=login)


def kind_of(source: str) -> str:
    """What a request from ``source`` asks to confirm: participation, referral, or nothing but consents."""
    return {joining.SOURCE: "participation", accepting.SOURCE: "referral"}.get(source, "consent")


async def _referral(request: UUID, friend: UUID, at: datetime) -> None:
    """The first confirmed sign-up stands; a later one of the same friend finds the place taken and stays as it is,
    be it in another program: who signs up for all of them before they confirm any is one new customer.

    The friend's row is locked first: of two buttons pressed at once, the second looks when the first is done. Where
    something was promised for the sign-up itself, a job is left for it.
    """
    await ground.execute("SELECT FROM customer WHERE id = $1 FOR NO KEY UPDATE", friend)
    taken = await ground.fetch(_TAKE, request, at)
    await telling.tell_all(happened=[("referral.confirmed", row["id"]) for row in taken], at=at)
    for row in taken:
        if row["is_rewarded"]:
            await outbox.enqueue(kind=WELCOME, subject=row["id"], due_at=at)


async def _participation(customer: UUID, asked_at: datetime, at: datetime) -> UUID | None:
    program = await joining.confirm(customer=customer, asked_at=asked_at, at=at)
    if program is None:
        return None
    await sharing.code_of(customer=customer, program=program, at=at)
    return await visiting.open_login(customer=customer, at=at)
