"""Learn a model when there is enough to learn from, and let it serve where it is better than what serves.

What was known of people half a year ago is held against whose friends bought since. Seven tenths of the people are
learned from, and on the others the new model is compared with the open one and with the one that serves. What was
compared is what serves: nothing is fitted again afterwards.
"""

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import msgspec
import numpy as np

from leumund.audit import noting
from leumund.customers.segments.evaluating import EVALUABLE
from leumund.kit import ground
from leumund.scoring import comparing, gathering, keeping, learned, learning, open_model, serving
from leumund.scoring.comparing import Compared, Tenth, Verdict
from leumund.scoring.facts import Averages, Matrix
from leumund.scoring.learned import Learned
from leumund.scoring.learning import Outcomes
from leumund.scoring.serving import Serving

KIND = "scoring.learn"
ACTOR = "system:scoring"
WITHIN = timedelta(days=180)
# A new one no oftener: a month brings few outcomes more.
_EVERY = timedelta(days=30)
# More people than these teach such curves nothing more.
_MOST_PEOPLE = 50_000
_KNOWN_SHARE = 0.7
_WON = """
SELECT DISTINCT r.advocate FROM referral r JOIN conversion c ON c.referral = r.id
WHERE c.occurred_at > $1 AND c.occurred_at <= $2 AND c.refunded_at IS NULL AND c.kind = 'purchase'
"""
_ENOUGH = f"""
SELECT count(*) FILTER (WHERE won) >= $3 AND count(*) FILTER (WHERE NOT won) >= $4 AS enough FROM (
    SELECT evaluable.customer IN ({_WON}) AS won FROM ({EVALUABLE}) evaluable
) told
"""  # noqa: S608 - all ours
_PEOPLE = f"""
SELECT evaluable.customer, evaluable.customer IN ({_WON}) AS won FROM ({EVALUABLE}) evaluable
JOIN customer c ON c.id = evaluable.customer AND c.created_at <= $1
ORDER BY md5(evaluable.customer::text) LIMIT $3
"""  # noqa: S608 - all ours
_LAST = "SELECT max(learned_at) AS at, coalesce(max(version), $1) AS version FROM score_model"
_VERSIONS = """
SELECT version, people, successes, compared, verdict, learned_at, serves_from_at, retired_at FROM score_model
ORDER BY version DESC LIMIT 24
"""
_RETIRE = """
UPDATE score_model SET retired_at = $1 WHERE serves_from_at IS NOT NULL AND retired_at IS NULL RETURNING version
"""
_ADD = """
INSERT INTO score_model (version, model, people, successes, compared, verdict, learned_at, serves_from_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What a model is learned from, and what it is compared with; ``version`` is the one it would have."""

    facts: Matrix
    outcomes: Outcomes
    averages: Averages
    serves: Serving
    version: int


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A model and how it did beside the open one, and beside a learned one that serves.

    ``fallen`` is whether that one is worse than the open one by now.
    """

    version: int
    model: Learned
    people: int
    successes: int
    beside_open: Compared
    beside_serving: Compared | None
    fallen: bool
    tenths: list[Tenth]

    @property
    def verdict(self) -> Verdict:
        """Better than both, worse than one, or neither."""
        verdicts = {each.verdict for each in (self.beside_open, self.beside_serving) if each is not None}
        if verdicts == {"better"}:
            return "better"
        return "worse" if "worse" in verdicts else "even"


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """How a model did on people held out: beside the open one, beside the one that served, and tenth by tenth."""

    open: Compared
    serving: Compared | None
    tenths: list[Tenth]


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """A model that was learned, and what became of it."""

    version: int
    people: int
    successes: int
    compared: Comparison
    verdict: Verdict
    learned_at: datetime
    serves_from_at: datetime | None
    retired_at: datetime | None


async def versions() -> list[Version]:
    """The newest models that were learned, newest first. One query."""
    rows = await ground.fetch(_VERSIONS)
    return [Version(**{**row, "compared": msgspec.json.decode(row["compared"], type=Comparison)}) for row in rows]


async def due(*, at: datetime) -> bool:
    """Whether a model is to be learned tonight. Two queries."""
    last = (await ground.fetch(_LAST, open_model.VERSION))[0]["at"]
    if last is not None and at - last < _EVERY:
        return False
    asked = (at - WITHIN, at, comparing.LEAST_SUCCESSES, comparing.LEAST_OTHERS)
    return bool((await ground.fetch(_ENOUGH, *asked))[0]["enough"])


async def gather(*, at: datetime) -> Told | None:
    """What was known of everybody who agreed, and whose friends bought since; None where that is too little."""
    then = at - WITHIN
    rows = await ground.fetch(_PEOPLE, then, at, _MOST_PEOPLE)
    outcomes = np.array([row["won"] for row in rows], dtype=np.bool_)
    if not comparing.enough(outcomes):
        return None
    people = [row["customer"] for row in rows]
    averages = await gathering.averages(at=then)
    return Told(
        facts=await _facts(people, then),
        outcomes=outcomes,
        averages=averages,
        serves=await serving.serving(averages=averages),
        version=(await ground.fetch(_LAST, open_model.VERSION))[0]["version"] + 1,
    )


def weigh(told: Told) -> Found:
    """Learn from seven tenths, compare on the rest; takes a core for some seconds, and neither a row nor a clock."""
    order = np.random.default_rng(told.version).permutation(len(told.outcomes))
    cut = int(_KNOWN_SHARE * len(order))
    known, unknown = order[:cut], order[cut:]
    model = learning.learn(told.facts[known], told.outcomes[known], averages=told.averages, seed=told.version)
    truth = told.outcomes[unknown]
    new = learned.reckon(model, told.facts[unknown]).score / 100
    by_open = open_model.reckon(told.facts, told.averages).score
    from_open = comparing.chances(by_open[unknown], known_scores=by_open[known], known=told.outcomes[known])
    serves = told.serves.learned
    old = None if serves is None else learned.reckon(serves, told.facts[unknown]).score / 100
    compare = partial(comparing.compare, outcomes=truth)
    return Found(
        version=told.version,
        model=model,
        people=len(order),
        successes=int(told.outcomes.sum()),
        beside_open=compare(new=new, old=from_open),
        beside_serving=None if old is None else compare(new=new, old=old),
        tenths=comparing.tenths(new, truth),
        fallen=old is not None and compare(new=from_open, old=old).verdict == "better",
    )


async def settle(found: Found, *, at: datetime) -> None:
    """Keep the model with what was found out about it; one that is better serves, and everybody is scored anew."""
    better = found.verdict == "better"
    retired = await ground.fetch(_RETIRE, at) if better or found.fallen else []
    compared = Comparison(open=found.beside_open, serving=found.beside_serving, tenths=found.tenths)
    model, told = (msgspec.json.encode(each).decode() for each in (found.model, compared))
    row = (found.people, found.successes, told, found.verdict, at, at if better else None)
    await ground.execute(_ADD, found.version, model, *row)
    detail = {"version": found.version, "verdict": found.verdict, "retired": [each["version"] for each in retired]}
    await noting.note(actor=ACTOR, action="scoring.model_learned", subject=None, detail=detail, at=at)
    if better or retired:
        await keeping.begin(at=at, everybody=True)


async def _facts(people: list[UUID], at: datetime) -> Matrix:
    steps = range(0, len(people), keeping.CHUNK)
    return np.concatenate([await gathering.facts(people=people[step : step + keeping.CHUNK], at=at) for step in steps])
