"""Open the copy that lies ready: the link works once, and what it opens can be read and saved for half an hour."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from leumund.kit import ground, tokens
from leumund.kit.faults import Unknown
from leumund.privacy.cases import recording
from leumund.privacy.cases.rules import Kind
from leumund.privacy.rights.releasing import PURPOSE

OPEN_FOR = timedelta(minutes=30)
_READY = """
SELECT customer, kind, copy_opened_at, copy_hash FROM rights_case
WHERE id = $1 AND copy_until > $2 AND customer IS NOT NULL AND NOT EXISTS (
    -- Whoever reads the mailbox the person had before reads nothing of them.
    SELECT FROM message JOIN customer ON customer.id = message.customer
    WHERE message.customer = rights_case.customer AND message.subject_id = rights_case.id
      AND message.kind = 'rights_copy_ready' AND message.address_hash <> coalesce(customer.email_hash, ''))
"""
_OPENED = "UPDATE rights_case SET copy_opened_at = $2, copy_hash = $3 WHERE id = $1"


class CopyGone(Unknown):
    """Opened before, or no longer ready: both answer alike, and one asks anew."""


class Copy(msgspec.Struct, frozen=True, kw_only=True):
    """Whose data, and the secret of the page that may save it."""

    customer: UUID
    kind: Kind
    secret: str


class _Ready(msgspec.Struct, frozen=True, kw_only=True):
    customer: UUID
    kind: Kind
    copy_opened_at: datetime | None
    copy_hash: str | None


async def ready(*, token: str, at: datetime) -> Kind:
    """What kind of copy waits unopened behind ``token``. Raises tokens.BadToken, CopyGone."""
    found = await _find(token, at, "")
    if found.copy_opened_at is not None:
        raise CopyGone("errors.rights.copy_gone")
    return found.kind


async def open(*, token: str, at: datetime) -> Copy:  # noqa: A001 - what one does with it
    """Open it, the first time and no other. Raises tokens.BadToken, CopyGone."""
    found, secret = await _find(token, at, "FOR UPDATE"), tokens.fresh()
    if found.copy_opened_at is not None:
        raise CopyGone("errors.rights.copy_gone")
    case = tokens.read(PURPOSE, token)
    await ground.execute(_OPENED, case, at, tokens.digest(secret))
    await recording.record(case=case, what="copy_opened", actor=f"customer:{found.customer}", at=at)
    return Copy(customer=found.customer, kind=found.kind, secret=secret)


async def again(*, token: str, secret: str, at: datetime) -> Copy:
    """The copy for whoever opened it a moment ago, to save it. Raises tokens.BadToken, CopyGone."""
    found = await _find(token, at, "")
    opened = found.copy_opened_at
    if opened is None or at > opened + OPEN_FOR or found.copy_hash != tokens.digest(secret):
        raise CopyGone("errors.rights.copy_gone")
    return Copy(customer=found.customer, kind=found.kind, secret=secret)


async def _find(token: str, at: datetime, lock: str) -> _Ready:
    rows = await ground.fetch(f"{_READY}{lock}", tokens.read(PURPOSE, token), at)
    if not rows:
        raise CopyGone("errors.rights.copy_gone")
    return _Ready(**rows[0])
