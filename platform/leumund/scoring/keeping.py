"""Keep the scores of those who agreed to be evaluated, and of nobody else.

A pass goes from one who ever agreed to the next, some thousands in a transaction, and leaves a job for the rest. Once a
week it is over everybody, since answers fade and the company's averages move; on other nights over those of whom
something was told. Whoever may no longer be scored loses their row in the same statement that scores the others.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import numpy as np

from leumund.customers.segments.evaluating import EVALUABLE_ONE
from leumund.kit import ground, outbox
from leumund.scoring import choosing, explaining, gathering, serving
from leumund.scoring.explaining import Explained
from leumund.scoring.facts import Averages
from leumund.scoring.serving import Serving

KIND = "scoring.pass"
FIRST = UUID(int=0)
CHUNK = 5_000
# Between two passes over everybody: in a week an answer loses a hundredth of what it says.
_EVERYBODY_EVERY = timedelta(days=7) - timedelta(hours=1)
# What was written while the last pass began may have come to light after it.
_OVERLAP = timedelta(minutes=15)
# A pass that has not ended by then was lost with its job, and everybody is looked at anew.
_LOST_AFTER = timedelta(days=1, hours=12)
_LAST = """
SELECT mean, tenure_days, purchases, revenue_cents, averages_at, everybody, since_at, began_at, reached, ended_at
FROM score_pass
"""
_BEGIN = """
INSERT INTO score_pass (mean, tenure_days, purchases, revenue_cents, averages_at, everybody, since_at, began_at,
    reached)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (id) DO UPDATE SET mean = $1, tenure_days = $2, purchases = $3, revenue_cents = $4, averages_at = $5,
    everybody = $6, since_at = $7, began_at = $8, reached = $9, ended_at = NULL
"""
_END = "UPDATE score_pass SET ended_at = $1"
_GO_ON = "UPDATE score_pass SET reached = $1"
_RULED = "SELECT FROM loyalty_rule WHERE set_at >= $1 LIMIT 1"
# Of two jobs at once the second sees how far the first has come.
_HOLD = "SELECT reached FROM score_pass FOR UPDATE"
_EVALUABLE = f"""
SELECT c.id FROM customer c WHERE c.id = ANY ($1::uuid[]) AND {EVALUABLE_ONE} ORDER BY c.id
"""  # noqa: S608 - all ours
_KEEP = """
INSERT INTO advocate_score (customer, model, score, low, high, start, reasons, at)
SELECT customer, $7, score, low, high, start, reasons::jsonb, $8
FROM unnest($1::uuid[], $2::smallint[], $3::smallint[], $4::smallint[], $5::smallint[], $6::text[])
    AS told (customer, score, low, high, start, reasons)
ORDER BY customer
ON CONFLICT (customer) DO UPDATE SET model = excluded.model, score = excluded.score, low = excluded.low,
    high = excluded.high, start = excluded.start, reasons = excluded.reasons, at = excluded.at
    -- A pass may have looked before somebody said what has been scored meanwhile.
WHERE advocate_score.at <= excluded.at
"""
_DROP = "DELETE FROM advocate_score WHERE customer = ANY ($1::uuid[]) AND NOT customer = ANY ($2::uuid[])"
# Whoever moved to another mailbox, or whose row came back with an older backup.
_SWEEP = f"""
DELETE FROM advocate_score s USING customer c WHERE c.id = s.customer AND NOT ({EVALUABLE_ONE})
"""  # noqa: S608 - all ours


class Pass(msgspec.Struct, frozen=True, kw_only=True):
    """A pass over ``everybody``, or over those of whom something was told since ``since_at``, beside ``averages``."""

    averages: Averages
    averages_at: datetime
    everybody: bool
    since_at: datetime
    began_at: datetime
    reached: UUID = FIRST
    ended_at: datetime | None = None

    @property
    def was_before_any_night(self) -> bool:
        """Whether it was made for whoever agreed first: at a company that has just come, beside next to nothing."""
        return not self.everybody and self.averages_at == self.began_at


async def begin(*, at: datetime, everybody: bool = False) -> bool:
    """Begin this night's pass; false while the one before it goes on, or where nobody ever agreed.

    ``everybody`` where a model begins to serve.
    """
    await ground.execute(_SWEEP)
    last = await current()
    if last is None or everybody or await _is_due_for_everybody(last, at):
        if not await choosing.whom(after=FIRST, since_at=None, limit=1):
            return False
        averages = await gathering.averages(at=at)
        new = Pass(averages=averages, averages_at=at, everybody=True, since_at=at, began_at=at)
    elif last.ended_at is None:
        if at - last.began_at < _LOST_AFTER:
            return False
        new = msgspec.structs.replace(last, everybody=True, began_at=at)
    else:
        since_at = last.began_at - _OVERLAP
        new = msgspec.structs.replace(last, everybody=False, since_at=since_at, began_at=at, ended_at=None)
    await _write(new)
    await outbox.enqueue(kind=KIND, subject=FIRST, due_at=at, bulk=True)
    return True


async def _is_due_for_everybody(last: Pass, at: datetime) -> bool:
    """Once a week, in the first night, and where another rule types people than the one they are scored by."""
    if last.was_before_any_night:
        return True
    return at - last.averages_at >= _EVERYBODY_EVERY or bool(await ground.fetch(_RULED, last.averages_at))


async def go_on(*, after: UUID, at: datetime) -> int:
    """Score the next CHUNK of the pass behind ``after``, and leave a job for the rest; how many were looked at.

    None where the pass has ended or begun anew meanwhile.
    """
    await ground.fetch(_HOLD)
    now = await current()
    if now is None or now.ended_at is not None or now.reached != after:
        return 0
    people = await choosing.whom(after=after, since_at=None if now.everybody else now.since_at, limit=CHUNK)
    await score(people=people, at=at)
    if len(people) < CHUNK:
        await ground.execute(_END, at)
    else:
        await ground.execute(_GO_ON, people[-1])
        await outbox.enqueue(kind=KIND, subject=people[-1], due_at=at, bulk=True)
    return len(people)


async def score(*, people: Sequence[UUID], at: datetime) -> int:
    """Score those of ``people`` who agreed to it, and let go what is kept of the others; how many have a score.

    As many queries for thousands as for one.
    """
    if not people:
        return 0
    agreed = [row["id"] for row in await ground.fetch(_EVALUABLE, list(people))]
    await ground.execute(_DROP, list(people), agreed)
    if not agreed:
        return 0
    beside = await current()
    if beside is None:
        averages = await gathering.averages(at=at)
        beside = Pass(averages=averages, averages_at=at, everybody=False, since_at=at, began_at=at, ended_at=at)
        await _write(beside)
        await ground.execute(_END, at)
    await _keep(agreed, await serving.serving(averages=beside.averages), at)
    return len(agreed)


async def forget(*, customer: UUID) -> bool:
    """Let the score of ``customer`` go now; false where there is none."""
    return bool(await ground.execute("DELETE FROM advocate_score WHERE customer = $1", customer))


async def current() -> Pass | None:
    """The last pass, or None before the first."""
    rows = await ground.fetch(_LAST)
    if not rows:
        return None
    row = rows[0]
    averages = Averages(**{name: row.pop(name) for name in Averages.__struct_fields__})
    return Pass(averages=averages, **row)


async def _write(new: Pass) -> None:
    beside = msgspec.structs.astuple(new.averages)
    await ground.execute(_BEGIN, *beside, new.averages_at, new.everybody, new.since_at, new.began_at, FIRST)


async def _keep(people: list[UUID], model: Serving, at: datetime) -> None:
    facts = await gathering.facts(people=people, at=at)
    told = explaining.explain(model.reckon(facts), facts)
    await ground.execute(_KEEP, people, *_columns(told), model.version, at)


def _columns(told: Sequence[Explained]) -> list[list[int] | list[str]]:
    numbers = np.array([(each.score, each.low, each.high, each.start) for each in told]).T.tolist()
    return [*numbers, [msgspec.json.encode(each.reasons).decode() for each in told]]
