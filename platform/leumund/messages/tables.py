"""Messages: what goes out, to whom, and what became of it; of its words only the question a survey asks."""

from uuid import uuid4

from piccolo.columns import UUID, Integer, Text, Timestamptz
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
    language = Text()
    state = Text(default="queued")
    held_reason = Text(null=True, default=None)
    message_id = Text()
    address_hash = Text(null=True, default=None)
    smtp_response = Text(null=True, default=None)
    created_at = Timestamptz()
    sent_at = Timestamptz(null=True, default=None)


class MailAttempt(Table, tablename="mail_attempt", db=ground.ROWS):
    """How many mails a place, a link or everybody had sent, or a mailbox got; ``key_hash`` tells which to nobody."""

    id = UUID(primary_key=True, default=uuid4)
    key_hash = Text()
    attempts = Integer()
    ends_at = Timestamptz()
