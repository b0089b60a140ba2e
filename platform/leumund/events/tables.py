"""Nouns of events."""

from uuid import uuid4

from piccolo.columns import UUID, Array, Bytea, Integer, SmallInt, Text, Timestamptz
from piccolo.table import Table

from leumund.kit import ground


class Event(Table, tablename="event", db=ground.ROWS):
    """Something happened to ``subject``; can be added and never changed, and is let go after a month."""

    id = UUID(primary_key=True, default=uuid4)
    kind = Text()
    subject = UUID(default=None)
    at = Timestamptz()


class EventEndpoint(Table, tablename="event_endpoint", db=ground.ROWS):
    """Where the company's systems hear of events; address and secrets lie under seal. No ``kinds`` are all of them."""

    id = UUID(primary_key=True, default=uuid4)
    name = Text()
    url_sealed = Bytea()
    secret_sealed = Bytea()
    prior_secret_sealed = Bytea(null=True, default=None)
    prior_until = Timestamptz(null=True, default=None)
    kinds = Array(base_column=Text())
    created_at = Timestamptz()
    failing_since = Timestamptz(null=True, default=None)
    failed_in_a_row = Integer(default=0)
    rests_until = Timestamptz(null=True, default=None)
    disabled_at = Timestamptz(null=True, default=None)
    disabled_why = Text(null=True, default=None)


class EventDelivery(Table, tablename="event_delivery", db=ground.ROWS):
    """One event on its way to one endpoint."""

    id = UUID(primary_key=True, default=uuid4)
    event = UUID(default=None)
    endpoint = UUID(default=None)
    state = Text()
    tries = SmallInt(default=0)
    due_at = Timestamptz()
    settled_at = Timestamptz(null=True, default=None)


class EventAttempt(Table, tablename="event_attempt", db=ground.ROWS):
    """One try to deliver: the status it was answered with, or why there was no answer."""

    id = UUID(primary_key=True, default=uuid4)
    delivery = UUID(default=None)
    at = Timestamptz()
    status = SmallInt(null=True, default=None)
    fault = Text(null=True, default=None)
    took_ms = Integer()
