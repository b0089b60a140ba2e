"""Nouns of cases; the state of one is made by the database from its moments."""

from uuid import uuid4

from piccolo.columns import JSONB, UUID, Bytea, Date, Integer, Text, Timestamptz
from piccolo.table import Table

from leumund.kit import ground
from leumund.kit.sealing import Column

# What people wrote and what they were told, under the key of whom it is about; see ``finding.key_of``.
WORDS, PROOF, EXTENSION, ANSWER = (
    Column("rights_case", f"{name}_sealed") for name in ("words", "proof", "extension", "answer")
)
ASKED = Column("rights_proof", "words_sealed")


class RightsCase(Table, tablename="rights_case", db=ground.ROWS):
    """What one person asks for, and what became of it."""

    id = UUID(primary_key=True, default=uuid4)
    kind = Text()
    customer = UUID(null=True, default=None)
    came = Text()
    subject = UUID(null=True, default=None)
    language = Text()
    received_at = Timestamptz()
    due_date = Date()
    identified_at = Timestamptz(null=True, default=None)
    identified_by = Text(null=True, default=None)
    taken_at = Timestamptz(null=True, default=None)
    worker = UUID(null=True, default=None)
    extended_at = Timestamptz(null=True, default=None)
    extension_reason = Text(null=True, default=None)
    closed_at = Timestamptz(null=True, default=None)
    outcome = Text(null=True, default=None)
    refusal_reason = Text(null=True, default=None)
    words_sealed = Bytea(null=True, default=None)
    proof_sealed = Bytea(null=True, default=None)
    extension_sealed = Bytea(null=True, default=None)
    answer_sealed = Bytea(null=True, default=None)
    copy_until = Timestamptz(null=True, default=None)
    copy_opened_at = Timestamptz(null=True, default=None)
    copy_hash = Text(null=True, default=None)
    reminded_days = Integer(null=True, default=None)


class RightsEvent(Table, tablename="rights_event", db=ground.ROWS):
    """One step of a case; append-only by grant."""

    id = UUID(primary_key=True, default=uuid4)
    rights_case = UUID(default=None)
    position = Integer()
    at = Timestamptz()
    actor = Text()
    what = Text()
    detail = JSONB()


class RightsProof(Table, tablename="rights_proof", db=ground.ROWS):
    """A link and a code that went to the address on file."""

    id = UUID(primary_key=True, default=uuid4)
    customer = UUID(default=None)
    address_hash = Text()
    rights_case = UUID(null=True, default=None)
    kind = Text()
    language = Text()
    words_sealed = Bytea(null=True, default=None)
    asked_at = Timestamptz()
    expires_at = Timestamptz()
    wrong_codes = Integer(default=0)
    proven_at = Timestamptz(null=True, default=None)


class RightsNotice(Table, tablename="rights_notice", db=ground.ROWS):
    """A recipient who has to be told of what a case changed (GDPR 19)."""

    id = UUID(primary_key=True, default=uuid4)
    rights_case = UUID(default=None)
    recipient = Text()
    told_at = Timestamptz(null=True, default=None)
    told_by = UUID(null=True, default=None)
