"""Nouns of asking: how often, by which waves, whom nobody asked and why, and what somebody is asked about."""

from uuid import uuid4

from piccolo.columns import JSONB, UUID, Array, BigInt, Boolean, Integer, SmallInt, Text, Timestamptz
from piccolo.table import Table

from leumund.kit import ground


class SurveySetting(Table, tablename="survey_setting", db=ground.ROWS):
    """How often anybody is asked, how long a link holds, and how long after an event; one row, or ours count."""

    id = SmallInt(primary_key=True, default=1)
    rest_days = SmallInt()
    yearly = SmallInt()
    link_days = SmallInt()
    delay_hours = SmallInt()
    changed_at = Timestamptz()


class SurveyWave(Table, tablename="survey_wave", db=ground.ROWS):
    """A wave: whom a survey is put to, when, how often they are reminded, and what became of it."""

    id = UUID(primary_key=True, default=uuid4)
    key = Text()
    survey = UUID(null=True, default=None)
    channel = Text()
    segment = UUID(null=True, default=None)
    includes_c = Boolean(default=False)
    sample_size = Integer(null=True, default=None)
    sample_percent = SmallInt(null=True, default=None)
    seed = BigInt()
    languages = Array(base_column=Text())
    quiet = Boolean()
    starts_at = Timestamptz(null=True, default=None)
    lasts_days = SmallInt()
    reminders = SmallInt()
    remind_after_days = SmallInt()
    control_percent = SmallInt(default=0)
    goal = Text(default="bought")
    texts = JSONB(default="{}")
    planned_at = Timestamptz()
    planned_by = Text()
    released_at = Timestamptz(null=True, default=None)
    begun_at = Timestamptz(null=True, default=None)
    asked_at = Timestamptz(null=True, default=None)
    ends_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)
    ended_by = Text(null=True, default=None)
    end_reason = Text(null=True, default=None)


class SurveyWavePerson(Table, tablename="survey_wave_person", db=ground.ROWS):
    """Somebody a wave has yet to ask, and the lot that says when."""

    wave = UUID(primary_key=True)
    customer = UUID(default=None)
    lot = BigInt()


class SurveyHeld(Table, tablename="survey_held", db=ground.ROWS):
    """Somebody who was not asked, or not reminded, and why."""

    id = UUID(primary_key=True, default=uuid4)
    wave = UUID(null=True, default=None)
    key = Text()
    customer = UUID(default=None)
    step = SmallInt()
    reason = Text()
    at = Timestamptz()


class SurveyEvent(Table, tablename="survey_event", db=ground.ROWS):
    """Something a company reported that a customer is asked about."""

    id = UUID(primary_key=True, default=uuid4)
    event_ref = Text()
    customer = UUID(default=None)
    key = Text()
    event = Text()
    attributes = JSONB()
    happened_at = Timestamptz()
    received_at = Timestamptz()
    due_at = Timestamptz()
    settled_at = Timestamptz(null=True, default=None)
    held_reason = Text(null=True, default=None)
    invitation = UUID(null=True, default=None)
