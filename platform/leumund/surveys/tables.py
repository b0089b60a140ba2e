"""Nouns of surveys."""

from uuid import uuid4

from piccolo.columns import (
    JSONB,
    UUID,
    Array,
    BigInt,
    Boolean,
    Bytea,
    Date,
    Integer,
    Numeric,
    SmallInt,
    Text,
    Timestamptz,
)
from piccolo.table import Table

from leumund.kit import ground


class Survey(Table, tablename="survey", db=ground.ROWS):
    """A version of a survey, questions and words; a published one never changes."""

    id = UUID(primary_key=True, default=uuid4)
    key = Text()
    version = Integer()
    definition = JSONB()
    named = Boolean()
    published_at = Timestamptz()


class SurveyDraft(Table, tablename="survey_draft", db=ground.ROWS):
    """What the next version of a survey may become."""

    id = UUID(primary_key=True, default=uuid4)
    key = Text()
    definition = JSONB()
    named = Boolean()
    changed_at = Timestamptz()
    changed_by = UUID(default=None)


class SurveyClosing(Table, tablename="survey_closing", db=ground.ROWS):
    """A survey nobody is asked any more."""

    key = Text(primary_key=True)
    closed_at = Timestamptz()
    closed_by = Text()


class SurveyRelease(Table, tablename="survey_release", db=ground.ROWS):
    """Somebody's word that exactly this survey may ask for what is protected."""

    id = UUID(primary_key=True, default=uuid4)
    digest = Text(unique=True)
    reason_sealed = Bytea()
    released_at = Timestamptz()
    released_by = Text()


class SurveyInvitation(Table, tablename="survey_invitation", db=ground.ROWS):
    """A personal link to a survey: answers once, expires."""

    id = UUID(primary_key=True, default=uuid4)
    survey = UUID(default=None)
    customer = UUID(default=None)
    invited_at = Timestamptz()
    expires_at = Timestamptz()
    answered_at = Timestamptz(null=True, default=None)
    wave = UUID(null=True, default=None)
    channel = Text(default="email")
    attributes = JSONB(default={})
    reminders = SmallInt(default=0)
    reminded_at = Timestamptz(null=True, default=None)


class SurveyAnswer(Table, tablename="survey_answer", db=ground.ROWS):
    """What somebody answered: marks by question, and what they said.

    Of the marks the database keeps the one for recommending as ``score``.
    """

    id = UUID(primary_key=True, default=uuid4)
    survey = UUID(default=None)
    invitation = UUID(null=True, default=None)
    customer = UUID(null=True, default=None)
    imported_ref = Text(null=True, default=None)
    marks = JSONB()
    comment_sealed = Bytea(null=True, default=None)
    words_sealed = Bytea(null=True, default=None)
    found_by = Array(base_column=BigInt())
    attributes = JSONB(default={})
    language = Text(null=True, default=None)
    channel = Text(null=True, default=None)
    weight = Numeric(digits=(12, 10), null=True, default=None)
    answered_at = Timestamptz()
    tallied_at = Timestamptz(null=True, default=None)
    tallied_as = BigInt(null=True, default=None)


class SurveyPlace(Table, tablename="survey_place", db=ground.ROWS):
    """Where whoever comes along can answer an anonymous survey: by a code on a wall, or on a page of the company's."""

    id = UUID(primary_key=True, default=uuid4)
    key = Text()
    kind = Text()
    name = Text()
    code = Text()
    origins = JSONB(default=[])
    made_at = Timestamptz()
    retired_at = Timestamptz(null=True, default=None)


class SurveyBatch(Table, tablename="survey_batch", db=ground.ROWS):
    """Anonymous answers that will be written out together: of those invited to a version, or of one place."""

    id = UUID(primary_key=True, default=uuid4)
    survey = UUID(default=None)
    place = UUID(null=True, default=None)


class SurveyBox(Table, tablename="survey_box", db=ground.ROWS):
    """An anonymous answer that waits for others to be written out with."""

    id = UUID(primary_key=True, default=uuid4)
    batch = UUID(default=None)
    content_sealed = Bytea()


class SurveyTally(Table, tablename="survey_tally", db=ground.ROWS):
    """How many answers gave a question one value on one day, all of them or those of one fact such as a terminal."""

    key = Text(primary_key=True)
    time_zone = Text()
    question = Text()
    attribute = Text()
    attribute_value = Text()
    day_date = Date()
    value = Text()
    answers = BigInt()
    weighed = BigInt()
    weight = Numeric()
    squares = Numeric()


class LoyaltyRule(Table, tablename="loyalty_rule", db=ground.ROWS):
    """What each of the four answers counts in a survey's loyalty index, and its cut-offs."""

    key = Text(primary_key=True)
    overall = SmallInt()
    recommend = SmallInt()
    again = SmallInt()
    advantage = SmallInt()
    satisfied_from = SmallInt()
    loyal_from = SmallInt()
    set_at = Timestamptz()


class SurveyAttempt(Table, tablename="survey_attempt", db=ground.ROWS):
    """How often one address answered at a place lately."""

    id = UUID(primary_key=True, default=uuid4)
    key_hash = Text()
    attempts = Integer(default=0)
    ends_at = Timestamptz()
