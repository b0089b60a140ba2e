"""Tally answers that can no longer be corrected: each once, so that figures need not count them again.

Figures are what is tallied and what is not yet (``counting``), and so always exact. Tallies hold for the clocks by
which their days were told; a company that changes its time zone has all of them counted anew.
"""

from datetime import datetime, timedelta
from uuid import UUID

from leumund.kit import ground
from leumund.surveys.answers import answering
from leumund.surveys.figures import expanding

KIND = "surveys.tally"
# Whoever corrects an answer at the last moment may still be at it.
SETTLED = answering.CORRECTABLE + timedelta(hours=1)
# Oldest first: answers of a few days touch a few tallies.
_CHUNK = 50_000
# Two at once would write the same tallies in another order, and each could wait for the other.
_ALONE = "LOCK TABLE survey_tally IN SHARE ROW EXCLUSIVE MODE"
_TALLY = f"""
WITH due AS (
    SELECT id FROM survey_answer WHERE tallied_at IS NULL AND answered_at <= $1
    ORDER BY answered_at LIMIT $4 FOR UPDATE SKIP LOCKED
), taken AS (
    UPDATE survey_answer SET tallied_at = $2, tallied_as = hashtextextended(marks::text, 0)
    FROM due WHERE survey_answer.id = due.id RETURNING {expanding.GIVEN}
), counts AS ({expanding.counted(f"SELECT {expanding.GIVEN} FROM taken", zone="$3")}), written AS (
    INSERT INTO survey_tally AS tally ({expanding.LINE}, time_zone, {expanding.COUNTS})
    SELECT {expanding.LINE}, $3, {expanding.COUNTS} FROM counts
    ON CONFLICT (key, attribute, question, attribute_value, day_date, value, time_zone) DO UPDATE
    SET answers = tally.answers + excluded.answers, weighed = tally.weighed + excluded.weighed,
        weight = tally.weight + excluded.weight, squares = tally.squares + excluded.squares
)
SELECT count(*) AS taken FROM taken
"""  # noqa: S608
# The planner takes a handful of marks for millions, and would sort on the disk what fits into memory.
_IN_MEMORY = "SELECT set_config('work_mem', '32MB', true), set_config('enable_sort', 'off', true)"
# All tallies are told by the same clocks: one is asked, and not each.
_OTHER_CLOCKS = "DELETE FROM survey_tally WHERE (SELECT time_zone FROM survey_tally LIMIT 1) <> $1"
_ANEW = "UPDATE survey_answer SET tallied_at = NULL, tallied_as = NULL WHERE tallied_at IS NOT NULL"
# What went with facts of their answers; that they answered at all, and how, counts on.
_LET_GO = f"""
WITH counts AS (
    SELECT {expanding.LINE}, {expanding.COUNTS} FROM ({
    expanding.counted(
        f"SELECT {expanding.GIVEN} FROM survey_answer WHERE customer = $1 AND tallied_at IS NOT NULL",
        zone="(SELECT time_zone FROM survey_tally LIMIT 1)",
    )
}) AS theirs WHERE attribute NOT IN ('{expanding.ALL}', '{expanding.CHANNEL}', '{expanding.LANGUAGE}')
)
UPDATE survey_tally tally
SET answers = tally.answers - counts.answers, weighed = tally.weighed - counts.weighed,
    weight = tally.weight - counts.weight, squares = tally.squares - counts.squares
FROM counts WHERE (tally.key, tally.question, tally.attribute, tally.attribute_value, tally.day_date, tally.value)
    = (counts.key, counts.question, counts.attribute, counts.attribute_value, counts.day_date, counts.value)
"""  # noqa: S608
_EMPTY = "DELETE FROM survey_tally WHERE answers = 0"


async def tally(*, time_zone: str, at: datetime) -> int:
    """Count what is settled at ``at`` and was not counted; how many answers that were."""
    await ground.execute(_ALONE)
    await ground.execute(_IN_MEMORY)
    if await ground.execute(_OTHER_CLOCKS, time_zone):
        await ground.execute(_ANEW)
    done = 0
    while True:
        taken: int = (await ground.fetch(_TALLY, at - SETTLED, at, time_zone, _CHUNK))[0]["taken"]
        done += taken
        if taken < _CHUNK:
            return done


async def let_go(*, customer: UUID) -> None:
    """Count the facts of a person's answers no more; to be called before the facts themselves go."""
    if await ground.execute(_LET_GO, customer):
        await ground.execute(_EMPTY)
