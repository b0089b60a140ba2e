"""Write anonymous answers out of their box, in an order drawn by lot and all as of one moment; a nightly job."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from secrets import SystemRandom
from typing import Any
from uuid import UUID, uuid4

import msgspec

from leumund.kit import ground, personal
from leumund.kit.personal import PersonKey
from leumund.surveys import rules
from leumund.surveys.answers import writing
from leumund.surveys.answers.boxing import CONTENT, Content

# A survey that was closed by mistake is opened again within that time.
KEPT_CLOSED = timedelta(days=30)
_RIPE = """
SELECT batch.id, batch.survey, place.name AS place
FROM survey_batch batch JOIN survey_box box ON box.batch = batch.id
LEFT JOIN survey_place place ON place.id = batch.place
GROUP BY batch.id, place.id HAVING count(*) >= $1
"""
_FORSAKEN = """
SELECT batch.id FROM survey_batch batch JOIN survey s ON s.id = batch.survey
JOIN survey_closing closed ON closed.key = s.key WHERE closed.closed_at <= $1 FOR UPDATE OF batch
"""
_HOLD = "SELECT id FROM survey_batch WHERE id = $1 FOR UPDATE"
_BOX = "SELECT id, content_sealed FROM survey_box WHERE batch = $1"
_WRITE = """
INSERT INTO survey_answer
    (id, survey, marks, comment_sealed, words_sealed, found_by, language, attributes, channel, answered_at)
SELECT given.id, $1, given.marks, given.comment, given.words,
    ARRAY(SELECT jsonb_array_elements_text(given.found_by)::bigint), given.language, $9, given.channel,
    $10
FROM unnest($2::uuid[], $3::jsonb[], $4::bytea[], $5::bytea[], $6::jsonb[], $7::text[], $8::text[])
    AS given (id, marks, comment, words, found_by, language, channel)
"""
_EMPTY = "DELETE FROM survey_box WHERE batch = $1"
_END = "DELETE FROM survey_batch WHERE id = $1"


async def mix(*, at: datetime) -> int:
    """Write out every batch that holds enough; how many answers that were."""
    return sum([await _write_out(batch, at) for batch in await ground.fetch(_RIPE, rules.LEAST_CELL)])


async def let_go(*, at: datetime) -> int:
    """Let go what waits in vain, too few and of a survey that is closed for KEPT_CLOSED; how many answers that were."""
    few = await ground.fetch(_FORSAKEN, at - KEPT_CLOSED)
    return sum([await _let_go(batch["id"]) for batch in few])


async def _let_go(batch: UUID) -> int:
    emptied = await ground.execute(_EMPTY, batch)
    await ground.execute(_END, batch)
    await personal.destroy(people=[batch])
    return emptied


async def _write_out(batch: dict[str, Any], at: datetime) -> int:
    # Whoever is adding to it is waited for.
    if not await ground.fetch(_HOLD, batch["id"]):
        return 0
    key = (await personal.keys(people=[batch["id"]])).get(batch["id"])
    rows = await ground.fetch(_BOX, batch["id"])
    # A key that an older backup did not bring back: these answers are gone.
    contents = [_opened(row, key) for row in rows] if key else []
    SystemRandom().shuffle(contents)
    if contents:
        attributes = msgspec.json.encode({"place": batch["place"]} if batch["place"] else {}).decode()
        await ground.execute(_WRITE, batch["survey"], *_columns(contents), attributes, _moment(at))
    await _let_go(batch["id"])
    return len(contents)


def _opened(row: dict[str, Any], key: PersonKey) -> Content:
    return msgspec.json.decode(CONTENT.unseal(row["content_sealed"], row["id"], key=key), type=Content)


def _columns(contents: Sequence[Content]) -> list[list[Any]]:
    ids = [uuid4() for _ in contents]
    kept = [writing.kept(each.filled, row, key=None) for each, row in zip(contents, ids, strict=True)]
    found_by = [msgspec.json.encode(each.found_by).decode() for each in kept]
    marks, comments, words = ([getattr(each, name) for each in kept] for name in writing.Kept._fields[:3])
    return [ids, marks, comments, words, found_by, *_told(contents)]


def _told(contents: Sequence[Content]) -> list[list[str | None]]:
    """Languages and channels, or of what so few of them share that it would tell who they are, none: the language
    alone rather than the channel alone.
    """
    languages: list[str | None] = [each.language for each in contents]
    channels: list[str | None] = [each.channel for each in contents]
    untold: list[str | None] = [None] * len(contents)
    for told in ([languages, channels], [languages, untold], [untold, channels]):
        if min(Counter(zip(*told, strict=True)).values()) >= rules.LEAST_CELL:
            return told
    return [untold, untold]


def _moment(at: datetime) -> datetime:
    """The noon before: whichever of the days until then an answer came on, this is what is told of it."""
    return datetime.combine(at.date() - timedelta(days=1), time(12), at.tzinfo)
