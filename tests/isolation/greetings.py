"""An occasion that runs, an advocate in it, what became of their steps, and a card that waits to be written."""

from datetime import datetime
from uuid import UUID, uuid4

from leumund.kit import ground
from leumund.occasions import defining, drafting
from leumund.occasions.defining import Definition, Said, Step, Trigger

_VERSION = """
INSERT INTO occasion_version (id, occasion, version, definition, texts, published_at, published_by)
VALUES ($1, $2, 1, $3, '{}', $4, $5)
"""
_STATE = "INSERT INTO occasion_state (occasion, position, state, actor, at) VALUES ($1, 1, 'running', $2, $3)"
_RUN = """
INSERT INTO occasion_run (occasion, version, customer, occurrence, control, state, began_at, first_due_at, due_at)
VALUES ($1, $2, $3, '2026', false, 'waiting', $4, $4, $4) RETURNING id
"""
_STEP = "INSERT INTO occasion_step (run, position, kind, reason, at) VALUES ($1, 0, 'mail', 'too_late', $2)"
_CARD = "INSERT INTO occasion_card (run, position, customer, made_at) VALUES ($1, 1, $2, $3)"


async def leave(mark: str, *, customer: UUID, member: UUID, at: datetime) -> UUID:
    """All of it with ``mark`` in its words; the occasion."""
    words = {each: Said(subject=mark, wording=mark) for each in ("de", "en")}
    steps = [Step(kind="mail", words=words), Step(kind="card", note=mark)]
    definition = Definition(purpose=f"only_{mark}", trigger=Trigger(kind="birthday"), steps=steps)
    occasion = await drafting.start(template="birthday", lang="de", by=member, at=at)
    kept = {"occasion": occasion, "definition": definition, "by": member, "at": at}
    await drafting.keep(name=mark, after=1, **kept)
    version = uuid4()
    await ground.execute(_VERSION, version, occasion, defining.written(definition), at, member)
    await ground.execute(_STATE, occasion, f"staff:{member}", at)
    (run,) = await ground.fetch(_RUN, occasion, version, customer, at)
    await ground.execute(_STEP, run["id"], at)
    await ground.execute(_CARD, run["id"], customer, at)
    return occasion
