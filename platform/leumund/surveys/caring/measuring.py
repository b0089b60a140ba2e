"""Measure the loop: what is open and late, how soon people were reached, what came of it, and what they say then.

Nobody is measured who worked on cases: the figures are of all of them together.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from leumund.kit import ground
from leumund.surveys import rules as nps
from leumund.surveys.questions.moods import MOODS, Mood

# A quarter says how it goes now, and has cases enough to say anything.
PERIOD = timedelta(days=90)
_NOW = """
SELECT count(*) AS open, count(*) FILTER (WHERE contacted_at IS NULL AND due_at < $1) AS overdue,
       count(*) FILTER (WHERE owner = $2) AS mine
FROM customer_case c JOIN customer p ON p.id = c.customer WHERE c.closed_at IS NULL AND p.held IS NULL
"""
_SINCE = """
SELECT count(*) AS opened, count(reached_at) AS reached,
       count(*) FILTER (WHERE reached_at <= due_at OR (reached_at IS NULL AND closed_at <= due_at)) AS in_time,
       count(*) FILTER (WHERE reached_at IS NOT NULL OR closed_at IS NOT NULL OR due_at < $2) AS judged,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM reached_at - opened_at)) AS median_seconds
FROM customer_case WHERE opened_at > $1
"""
_OUTCOMES = """
SELECT outcome, count(*) AS number FROM customer_case WHERE closed_at > $1 GROUP BY outcome
ORDER BY number DESC, outcome
"""
# What somebody answered next, after their case was closed, by the mark for recommending.
_NEXT = f"""
SELECT CASE WHEN next.score >= {nps.PROMOTER_FROM} THEN 'glad' WHEN next.score <= {nps.DETRACTOR_TO} THEN 'unhappy'
            ELSE 'undecided' END AS mood, count(*) AS number
FROM (
    SELECT DISTINCT ON (c.id) a.score
    FROM customer_case c JOIN survey_answer a ON a.customer = c.customer AND a.answered_at > c.closed_at
    WHERE c.closed_at > $1 AND c.mood <> 'glad' AND a.answered_at > $1 AND a.score IS NOT NULL
    ORDER BY c.id, a.answered_at, a.id
) next GROUP BY 1
"""  # noqa: S608 - numbers of ours alone


class Loop(msgspec.Struct, frozen=True, kw_only=True):
    """The loop at a moment, and over the PERIOD before it.

    Of those ``judged``, whose deadline is over or who were reached, ``in_time`` were seen to in time. ``outcomes`` are
    counted over cases closed, ``next`` moods over whoever answered again; both are empty below the least cell.
    """

    open: int
    overdue: int
    mine: int
    opened: int
    reached: int
    in_time: int
    judged: int
    median: timedelta | None
    outcomes: Mapping[str, int]
    next: Mapping[Mood, int]


async def loop(*, member: object, at: datetime) -> Loop:
    """How it goes, with how many open cases are ``member``'s; four queries."""
    since = at - PERIOD
    now, gone = (await ground.fetch(_NOW, at, member))[0], (await ground.fetch(_SINCE, since, at))[0]
    seconds = gone.pop("median_seconds")
    after = _enough(await ground.fetch(_NEXT, since), "mood")
    return Loop(
        **now,
        **gone,
        median=None if seconds is None else timedelta(seconds=float(seconds)),
        outcomes=_enough(await ground.fetch(_OUTCOMES, since), "outcome"),
        next={mood: after.get(mood, 0) for mood in MOODS} if after else {},
    )


def _enough(rows: list[dict[str, Any]], name: str) -> dict[str, int]:
    """What was counted by ``name``; nothing where so few were that a figure could be about somebody."""
    counted = {row[name]: row["number"] for row in rows}
    return counted if sum(counted.values()) >= nps.LEAST_CELL else {}
