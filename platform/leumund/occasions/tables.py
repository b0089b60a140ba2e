"""Nouns of occasions: what is planned, by versions, who is in it, and what became of each step."""

from uuid import uuid4

from piccolo.columns import JSONB, UUID, Boolean, Date, Integer, SmallInt, Text, Timestamptz
from piccolo.table import Table

from leumund.kit import ground


class Occasion(Table, tablename="occasion", db=ground.ROWS):
    """An occasion with its draft, which is what its next version will be."""

    id = UUID(primary_key=True, default=uuid4)
    name = Text()
    draft = JSONB()
    revision = Integer(default=1)
    changed_at = Timestamptz()
    changed_by = UUID()
    planned_until_date = Date(null=True, default=None)


class OccasionVersion(Table, tablename="occasion_version", db=ground.ROWS):
    """What an occasion was at some time; append-only by grant, since people finish the version they began."""

    id = UUID(primary_key=True, default=uuid4)
    occasion = UUID()
    version = Integer()
    definition = JSONB()
    texts = JSONB()
    published_at = Timestamptz()
    published_by = UUID()


class OccasionState(Table, tablename="occasion_state", db=ground.ROWS):
    """That somebody let it run, paused or ended it; append-only by grant, without a row it is a draft."""

    id = UUID(primary_key=True, default=uuid4)
    occasion = UUID()
    position = Integer()
    state = Text()
    actor = Text()
    at = Timestamptz()


class OccasionRun(Table, tablename="occasion_run", db=ground.ROWS):
    """One person in it for one ``occurrence``, a year or a day; where they are, and why it stopped for them."""

    id = UUID(primary_key=True, default=uuid4)
    occasion = UUID()
    version = UUID()
    customer = UUID()
    occurrence = Text()
    control = Boolean()
    state = Text()
    reason = Text(null=True, default=None)
    position = SmallInt(default=0)
    began_at = Timestamptz()
    first_due_at = Timestamptz()
    due_at = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)


class OccasionStep(Table, tablename="occasion_step", db=ground.ROWS):
    """What became of one step of a run: its mail or card, or the reason why there is none."""

    run = UUID(primary_key=True)
    position = SmallInt()
    kind = Text()
    message = UUID(null=True, default=None)
    reason = Text(null=True, default=None)
    at = Timestamptz()


class OccasionCard(Table, tablename="occasion_card", db=ground.ROWS):
    """A card somebody of the company writes by hand."""

    id = UUID(primary_key=True, default=uuid4)
    run = UUID()
    position = SmallInt()
    customer = UUID()
    made_at = Timestamptz()
    done_at = Timestamptz(null=True, default=None)
    done_by = UUID(null=True, default=None)
