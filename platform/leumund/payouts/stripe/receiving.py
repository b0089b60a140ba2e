"""Receive what Stripe tells a company: believed by its signature, kept once an event, and worked off later.

Nothing of an event is believed but what it is about: how that stands by then, Stripe is asked.
"""

import re
from datetime import datetime, timedelta
from uuid import uuid4

import msgspec
import stripe

from leumund.kit import ground, outbox
from leumund.payouts.stripe import keeping, topics

KIND = "stripe.follow"
TOLERANCE = timedelta(minutes=5)
_HEADER = re.compile(r"t=(\d{1,12})(,[a-z0-9_]{1,20}=[0-9A-Za-z]{1,128}){1,10}")
_EVENT, _OBJECT, _ACCOUNT = (re.compile(rf"{prefix}[A-Za-z0-9_]{{1,200}}") for prefix in ("evt_", "", "acct_"))
_KEEP = """
INSERT INTO stripe_event (id, event, type, object_id, account, livemode, received_at)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (event) DO NOTHING
"""
_OURS = "SELECT EXISTS (SELECT FROM stripe_recipient WHERE recipient = $1) AS is_ours"


class NotBelieved(Exception):
    """Not signed with a secret of this company, too old, or not for the account and mode it has."""


class _About(msgspec.Struct):
    id: str | None = None


class _Data(msgspec.Struct):
    object: _About


class _Told(msgspec.Struct):
    """Of an event what is needed to ask; all else is passed over."""

    id: str
    type: str
    livemode: bool
    data: _Data
    account: str | None = None


async def receive(*, body: bytes, signature: str, at: datetime) -> bool:
    """Keep an event and have it worked off; false where it was kept before, or is about nothing of ours.

    Raises NotBelieved.
    """
    if not await _is_signed(body, signature, at):
        raise NotBelieved("signature")
    told = _read(body)
    entry = await keeping.entry()
    if entry is None or told.livemode != entry.livemode:
        raise NotBelieved("mode")
    about = topics.OF_RECIPIENTS if told.account else topics.OWN
    if told.type not in about or (told.account and not await _is_ours(told.account)):
        return False
    row = uuid4()
    what = (told.id, told.type, told.data.object.id, told.account, told.livemode)
    if not await ground.execute(_KEEP, row, *what, at):
        return False
    await outbox.enqueue(kind=KIND, subject=row, due_at=at)
    return True


async def _is_signed(body: bytes, signature: str, at: datetime) -> bool:
    """Looked at without a question to the database first: nobody who knows nothing of us costs one."""
    match = _HEADER.fullmatch(signature)
    if match is None or abs(int(match[1]) - at.timestamp()) > TOLERANCE.total_seconds():
        return False
    for secret in await keeping.secrets():
        try:
            # How old it may be was looked at above, by our clock and in both directions.
            stripe.WebhookSignature.verify_header(body, signature, secret, tolerance=None)
        except (stripe.SignatureVerificationError, UnicodeDecodeError):
            continue
        return True
    return False


def _read(body: bytes) -> _Told:
    """Raises NotBelieved."""
    try:
        told = msgspec.json.decode(body, type=_Told)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise NotBelieved("body") from None
    about = told.data.object.id
    fits = _EVENT.fullmatch(told.id) and (about is None or _OBJECT.fullmatch(about))
    if not fits or not (told.account is None or _ACCOUNT.fullmatch(told.account)):
        raise NotBelieved("body")
    return told


async def _is_ours(recipient: str) -> bool:
    return bool((await ground.fetch(_OURS, recipient))[0]["is_ours"])
