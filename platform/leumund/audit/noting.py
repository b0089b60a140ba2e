"""Note a deed in the audit log, in the same transaction as the deed."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from leumund.audit import linking, masking
from leumund.audit.chaining import Entry
from leumund.audit.masking import Change


async def note(
    *,
    actor: str,
    action: str,
    at: datetime,
    subject: UUID | None = None,
    detail: Mapping[str, object] | None = None,
    changes: Mapping[str, Change] | None = None,
) -> UUID:
    """``actor`` is such as ``staff:<uuid>`` or ``system:worker``, ``action`` such as ``referral.approved``.

    ``detail`` names facts and ids; personal values stay out of it, since an entry outlives the person's erasure.
    ``changes`` are old and new by field, masked here by ``masking``. Returns the entry's id.
    """
    assert actor.partition(":")[2], "an actor is a kind and a name"
    entry = _entry(actor, action, at, subject, detail or {}, changes or {})
    await linking.write(entry)
    return entry.id


async def note_changes(*, actor: str, action: str, at: datetime, of: Mapping[UUID, Mapping[str, Change]]) -> None:
    """An entry for each subject in ``of``, with what changed of it, all in one go."""
    await linking.write_all([_entry(actor, action, at, subject, {}, changes) for subject, changes in of.items()])


def _entry(
    actor: str,
    action: str,
    at: datetime,
    subject: UUID | None,
    detail: Mapping[str, object],
    changes: Mapping[str, Change],
) -> Entry:
    kept = (msgspec.json.encode(part).decode() for part in (detail, masking.masked(changes)))
    return Entry(uuid4(), at, actor, action, subject, *kept)
