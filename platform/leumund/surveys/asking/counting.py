"""Count whom a wave would reach before it is released, and what came of it afterwards."""

from collections import Counter
from datetime import datetime
from typing import Any

import msgspec

from leumund.kit import ground
from leumund.surveys.asking import arranging, drawing, judging, rules, withholding
from leumund.surveys.asking.listing import Wave
from leumund.surveys.asking.rules import Rate

# More people are not judged while somebody waits for a page: from so many drawn by lot one can tell the rest.
_MOST_JUDGED = 10_000
_CHUNK = 2_000
# What the last mail about an invitation became says whether it reached anybody; of a mailbox that sent it back it did
# not. Whether a mail was opened nobody watches.
_COURSE = """
SELECT i.channel, count(*) AS asked, count(*) FILTER (WHERE i.answered_at IS NOT NULL) AS answered,
    count(*) FILTER (WHERE i.reminded_at IS NOT NULL) AS reminded,
    count(*) FILTER (WHERE i.channel = 'portal' OR m.arrived) AS reached,
    count(*) FILTER (WHERE m.waits) AS waiting,
    count(*) FILTER (WHERE i.answered_at IS NOT NULL AND (i.channel = 'portal' OR m.arrived)) AS reached_answered
FROM survey_invitation i LEFT JOIN LATERAL (
    SELECT bool_or(state = 'sent' AND NOT EXISTS (
            SELECT FROM mail_return r WHERE r.message = message.id AND r.kind = 'permanent')) AS arrived,
        bool_or(state = 'queued') AS waits
    FROM message WHERE message.customer = i.customer AND message.subject_id = i.id
) m ON true
WHERE i.wave = $1 GROUP BY i.channel ORDER BY i.channel
"""
_STOPPED_LATER = """
SELECT m.held_reason AS reason, count(DISTINCT i.id) AS people
FROM survey_invitation i JOIN message m ON m.customer = i.customer AND m.subject_id = i.id
WHERE i.wave = $1 AND m.state = 'held' GROUP BY m.held_reason
"""


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a wave would ask now: of an audience of ``people`` so many, and who not by which reason.

    ``is_exact`` is false where they were too many to ask the gate of each: then these are drawn up from a sample.
    """

    people: int
    asked: int
    held: dict[str, int]
    is_exact: bool


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a wave's invitations over one channel; ``waiting`` are mails that have not gone yet.

    ``answered`` is None where they are too few to be told of, and then there is no rate.
    """

    channel: str
    asked: int
    reached: int
    waiting: int
    reminded: int
    answered: int | None
    rate: Rate


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a wave has come: by channel, who was held back by step and reason, mails held, and who is left."""

    channels: list[Course]
    held: dict[int, dict[str, int]]
    mails_held: dict[str, int]
    left: int


async def due(*, wave: Wave, at: datetime) -> Due:
    """Whom the wave would ask if it began at ``at``; nobody is asked. Flat from 10,000 people on."""
    people, drawn = await drawing.count(wave=wave)
    lowest = await drawing.lowest(wave=wave, most=_MOST_JUDGED)
    limits, asked, held = await arranging.limits(), 0, Counter[str]()
    for start in range(0, len(lowest), _CHUNK):
        chunk = lowest[start : start + _CHUNK]
        judged = await judging.by_wave(wave, people=chunk, limits=limits, at=at)
        asked, held = asked + len(judged.asked), held + Counter(judged.held.values())
    scale = drawn / len(lowest) if lowest else 1.0
    told = {reason: round(number * scale) for reason, number in held.items()}
    would = round(asked * scale)
    kept = would if wave.sample_size is None else min(would, wave.sample_size)
    told["sampled_out"] = (people - drawn) + (would - kept)
    return Due(people=people, asked=kept, held={k: v for k, v in told.items() if v}, is_exact=drawn == len(lowest))


async def progress(*, wave: Wave) -> Progress:
    """What came of the wave so far; four queries."""
    courses = [_course(row, named=wave.named is not False) for row in await ground.fetch(_COURSE, wave.id)]
    later = {row["reason"]: row["people"] for row in await ground.fetch(_STOPPED_LATER, wave.id)}
    left = await ground.fetch("SELECT count(*) AS people FROM survey_wave_person WHERE wave = $1", wave.id)
    held = await withholding.counts(wave=wave.id)
    return Progress(channels=courses, held=held, mails_held=later, left=left[0]["people"])


def _course(row: dict[str, Any], *, named: bool) -> Course:
    answered, of_reached = row["answered"], row.pop("reached_answered")
    if not rules.is_told(named=named, answered=answered):
        row["answered"] = None
        return Course(**row, rate=rules.rate(reached=0, answered=0))
    return Course(**row, rate=rules.rate(reached=row["reached"], answered=min(answered, of_reached)))
