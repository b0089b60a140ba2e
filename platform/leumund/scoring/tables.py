"""Nouns of scoring."""

from piccolo.columns import JSONB, UUID, BigInt, Boolean, DoublePrecision, Integer, SmallInt, Text, Timestamptz
from piccolo.table import Table

from leumund.kit import ground


class AdvocateScore(Table, tablename="advocate_score", db=ground.ROWS):
    """How likely somebody is to recommend with success, by which version, and why; of nobody who did not agree."""

    customer = UUID(primary_key=True, default=None)
    model = Integer()
    score = SmallInt()
    low = SmallInt()
    high = SmallInt()
    start = SmallInt()
    reasons = JSONB()
    at = Timestamptz()


class ScoreModel(Table, tablename="score_model", db=ground.ROWS):
    """A model that was learned, how it did on people held out, and whether it serves; the open one is version 1."""

    version = Integer(primary_key=True, default=None)
    model = JSONB()
    people = BigInt()
    successes = BigInt()
    compared = JSONB()
    verdict = Text()
    learned_at = Timestamptz()
    serves_from_at = Timestamptz(null=True, default=None)
    retired_at = Timestamptz(null=True, default=None)


class ScorePass(Table, tablename="score_pass", db=ground.ROWS):
    """What everybody is scored beside, and how far the pass over them is; there is one row."""

    id = SmallInt(primary_key=True, default=1)
    mean = DoublePrecision()
    tenure_days = DoublePrecision()
    purchases = DoublePrecision()
    revenue_cents = DoublePrecision()
    averages_at = Timestamptz()
    everybody = Boolean()
    since_at = Timestamptz()
    began_at = Timestamptz()
    reached = UUID(default=None)
    ended_at = Timestamptz(null=True, default=None)
