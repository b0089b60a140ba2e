"""Nouns of surveys."""

from uuid import uuid4

from piccolo.columns import JSONB, UUID, Bytea, Integer, Numeric, SmallInt, Text, Timestamptz
from piccolo.table import Table

from leumund.kit import ground


class Survey(Table, tablename="survey", db=ground.ROWS):
    """A version of a survey's texts; a published one never changes."""

    id = UUID(primary_key=True, default=uuid4)
    key = Text()
    version = Integer()
    texts = JSONB()
    published_at = Timestamptz()


class SurveyInvitation(Table, tablename="survey_invitation", db=ground.ROWS):
    """A personal link to a survey: answers once, expires."""

    id = UUID(primary_key=True, default=uuid4)
    survey = UUID(default=None)
    customer = UUID(default=None)
    invited_at = Timestamptz()
    expires_at = Timestamptz()
    answered_at = Timestamptz(null=True, default=None)


class SurveyAnswer(Table, tablename="survey_answer", db=ground.ROWS):
    """How likely somebody is to recommend, from 0 to 10, and what they said about it."""

    id = UUID(primary_key=True, default=uuid4)
    survey = UUID(default=None)
    invitation = UUID(null=True, default=None)
    customer = UUID(null=True, default=None)
    imported_ref = Text(null=True, default=None)
    score = SmallInt()
    comment_sealed = Bytea(null=True, default=None)
    language = Text()
    channel = Text()
    weight = Numeric(digits=(12, 10), null=True, default=None)
    answered_at = Timestamptz()
