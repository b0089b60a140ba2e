"""Watch over the log every night: link what still waits, verify it all, and note what was found."""

from datetime import datetime, timedelta

import msgspec

from leumund.audit import linking, noting, verifying
from leumund.kit import actors, ground
from leumund.kit.verifying import Verdict

_ACTION = "audit.verified"
# Whoever was last verified longer ago is told so, and no log is looked through for it.
_NEWEST = (
    "SELECT at, detail::text AS detail FROM audit_entry WHERE action = $1 AND at > $2 ORDER BY at DESC, id DESC LIMIT 1"
)
_LATE = timedelta(days=3)


class Watched(msgspec.Struct, frozen=True):
    """What the newest check found: how many faults, and when."""

    at: datetime
    faults: int


async def watch(*, at: datetime, actor: str = actors.WORKER) -> Verdict:
    """Link, verify and note; the verdict has the faults themselves."""
    await linking.link()
    verdict = await verifying.verify()
    detail = {"entries": verdict.position, "faults": len(verdict.faults)}
    await noting.note(actor=actor, action=_ACTION, detail=detail, at=at)
    return verdict


async def newest(*, at: datetime, action: str = _ACTION) -> Watched | None:
    """The newest check of the last days, of the log or of what else ``action`` notes; None where there was none."""
    rows = await ground.fetch(_NEWEST, action, at - _LATE)
    return Watched(rows[0]["at"], msgspec.json.decode(rows[0]["detail"])["faults"]) if rows else None
