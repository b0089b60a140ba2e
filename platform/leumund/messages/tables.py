"""Messages: what goes out, to whom, and what became of it; of its words only the question a survey asks.

Beside them the words a company gave its kinds of mail, and how often it may advertise.
"""

from uuid import uuid4

from piccolo.columns import JSONB, UUID, Boolean, Bytea, Integer, SmallInt, Text, Timestamptz
from piccolo.table import Table

from leumund.kit import ground


class Message(Table, tablename="message", db=ground.ROWS):
    """One mail to a customer or a member; its ``message_id`` stays the same however often it is tried."""

    id = UUID(primary_key=True)
    customer = UUID(null=True, default=None)
    member = UUID(null=True, default=None)
    kind = Text()
    purpose = Text(null=True, default=None)
    subject_id = UUID(null=True, default=None)
    question = Text(default="")
    marks = JSONB(null=True, default=None)
    quiet = Boolean(default=False)
    language = Text()
    basis = Text()
    text = UUID(null=True, default=None)
    test = Boolean(default=False)
    state = Text(default="queued")
    held_reason = Text(null=True, default=None)
    message_id = Text()
    to_sealed = Bytea(null=True, default=None)
    address_hash = Text(null=True, default=None)
    smtp_response = Text(null=True, default=None)
    created_at = Timestamptz()
    sent_at = Timestamptz(null=True, default=None)


class MessageText(Table, tablename="message_text", db=ground.ROWS):
    """A company's own words for a kind of mail; without ``version`` they were only tried, without words ours count."""

    id = UUID(primary_key=True, default=uuid4)
    kind = Text()
    language = Text()
    version = Integer(null=True, default=None)
    subject = Text(null=True, default=None)
    wording = Text(null=True, default=None)
    written_by = UUID()
    written_at = Timestamptz()


class MessageLetter(Table, tablename="message_letter", db=ground.ROWS):
    """What a member wrote to one person, under the id of its message."""

    id = UUID(primary_key=True, default=None)
    customer = UUID(default=None)
    member = UUID(default=None)
    subject_sealed = Bytea()
    words_sealed = Bytea()
    written_at = Timestamptz()


class MessageLimit(Table, tablename="message_limit", db=ground.ROWS):
    """How many mails of a purpose, or with an empty one of all advertising, a person gets within so many days."""

    purpose = Text(primary_key=True)
    most = Integer()
    within_days = Integer()
    changed_at = Timestamptz()


class MessageQuiet(Table, tablename="message_quiet", db=ground.ROWS):
    """When advertising waits: hours of the night, Sundays, public holidays; one row, or ours count."""

    id = SmallInt(primary_key=True, default=1)
    from_hour = SmallInt()
    until_hour = SmallInt()
    sundays = Boolean()
    holidays = Boolean()
    changed_at = Timestamptz()


class MailAttempt(Table, tablename="mail_attempt", db=ground.ROWS):
    """How many mails a place, a link or everybody had sent, or a mailbox got; ``key_hash`` tells which to nobody."""

    id = UUID(primary_key=True, default=uuid4)
    key_hash = Text()
    attempts = Integer()
    ends_at = Timestamptz()
