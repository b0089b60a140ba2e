"""Publish an occasion: its draft becomes a version, which never changes, and it runs; then paused, resumed or ended."""

from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from leumund.audit import noting
from leumund.company import agreeing
from leumund.kit import ground, outbox
from leumund.kit.faults import Overtaken
from leumund.messages.words import wording
from leumund.messages.words.letters import Words
from leumund.occasions import checking, defining, planning, reading, stepping
from leumund.occasions.defining import Definition
from leumund.occasions.drafting import Meanwhile
from leumund.occasions.reading import Standing
from leumund.occasions.tables import OccasionVersion

RUNNING, PAUSED, ENDED = "running", "paused", "ended"
_LOCK = "SELECT FROM occasion WHERE id = $1 FOR NO KEY UPDATE"
_STATE = """
INSERT INTO occasion_state (occasion, position, state, actor, at)
SELECT $1, count(*) + 1, $2, $3, $4 FROM occasion_state WHERE occasion = $1
"""
# What came due while it rested has no job any more.
_RESTED = "SELECT id FROM occasion_run WHERE occasion = $1 AND state = 'waiting' AND due_at <= $2"


class NotNow(Overtaken):
    """It is not in the state that this can be done in: somebody was faster."""


async def publish(*, occasion: UUID, revision: int, by: UUID, at: datetime) -> int:
    """Let the draft run as the next version; which one that is. Who is in the sequence finishes the one they began.

    Raises OccasionUnknown, Meanwhile where the draft is not at ``revision`` any more, agreeing.NotAgreed, NotNow for
    one that has ended, faults.Refusals.
    """
    standing = await _locked(occasion)
    if standing.revision != revision:
        raise Meanwhile("errors.occasions.meanwhile")
    if standing.state == ENDED:
        raise NotNow("errors.occasions.ended")
    await agreeing.require()
    checking.require_fit(standing.draft, await reading.around())
    version = (standing.version or 0) + 1
    await _keep(standing, version, by=by, at=at)
    if standing.state == "draft":
        await _change(occasion, RUNNING, f"staff:{by}", at)
    detail = {"version": version}
    await noting.note(actor=f"staff:{by}", action="occasion.published", subject=occasion, detail=detail, at=at)
    await outbox.enqueue(kind=planning.KIND, subject=occasion, due_at=at)
    return version


async def pause(*, occasion: UUID, actor: str, at: datetime) -> None:
    """Let nothing go until it is resumed. Raises OccasionUnknown, NotNow."""
    await _move(occasion, (RUNNING,), PAUSED, actor, at)


async def resume(*, occasion: UUID, actor: str, at: datetime) -> None:
    """Go on; what should have gone more than a day ago is dropped. Raises OccasionUnknown, NotNow."""
    await _move(occasion, (PAUSED,), RUNNING, actor, at)
    rested = [row["id"] for row in await ground.fetch(_RESTED, occasion, at)]
    await outbox.enqueue_all(kind=stepping.KIND, subjects=rested, due_at=at, bulk=True)
    await outbox.enqueue(kind=planning.KIND, subject=occasion, due_at=at)


async def end(*, occasion: UUID, actor: str, at: datetime) -> None:
    """End it for good: it begins for nobody, and nobody who is in it hears any more. Raises OccasionUnknown, NotNow."""
    await _move(occasion, (RUNNING, PAUSED), ENDED, actor, at)
    await ground.execute(stepping.STOP_ALL, occasion, ENDED, at)


async def _move(occasion: UUID, from_: tuple[str, ...], to: str, actor: str, at: datetime) -> None:
    standing = await _locked(occasion)
    if standing.state not in from_:
        raise NotNow("errors.occasions.not_now")
    await _change(occasion, to, actor, at)
    await noting.note(actor=actor, action=f"occasion.{to}", subject=occasion, at=at)


async def _locked(occasion: UUID) -> Standing:
    await ground.execute(_LOCK, occasion)
    return await reading.known(occasion=occasion)


async def _change(occasion: UUID, state: str, actor: str, at: datetime) -> None:
    await ground.execute(_STATE, occasion, state, actor, at)


async def _keep(standing: Standing, version: int, *, by: UUID, at: datetime) -> None:
    texts = await _texts(standing.draft, by=by, at=at)
    row = OccasionVersion(
        id=uuid4(),
        occasion=standing.id,
        version=version,
        definition=defining.written(standing.draft),
        texts=msgspec.json.encode(texts).decode(),
        published_at=at,
        published_by=by,
    )
    await OccasionVersion.insert(row)


async def _texts(definition: Definition, *, by: UUID, at: datetime) -> dict[str, dict[str, str]]:
    """By place of the step and language, ids of the words that its mails name as theirs."""
    texts: dict[str, dict[str, str]] = {}
    for place, step in enumerate(definition.steps):
        for language, said in step.words.items():
            words = Words(None, said.subject, said.wording)
            text = await wording.keep(kind=checking.KIND, language=language, words=words, by=by, at=at)
            texts.setdefault(str(place), {})[language] = str(text)
    return texts
