"""Texts, requests, events and suppressions."""

from piccolo.columns import JSONB, UUID, Bytea, Integer, Text, Timestamptz
from piccolo.table import Table

from leumund.kit import ground


class ConsentText(Table, tablename="consent_text", db=ground.ROWS):
    """One version of one wording in one language; never changed, only followed by the next version."""

    id = UUID(primary_key=True)
    kind = Text()
    purpose = Text()
    channels = JSONB()
    language = Text()
    version = Integer()
    title = Text()
    wording = Text()
    sha256 = Text()
    published_at = Timestamptz()


class ConsentRequest(Table, tablename="consent_request", db=ground.ROWS):
    """What waits for the button behind the link in the check mail."""

    id = UUID(primary_key=True)
    customer = UUID()
    address_hash = Text(default="")
    source = Text()
    requested_at = Timestamptz()
    expires_at = Timestamptz()
    confirmed_at = Timestamptz(null=True, default=None)


class ConsentEvent(Table, tablename="consent_event", db=ground.ROWS):
    """Something that happened to a consent; append-only by grant, kept when the person's record goes."""

    id = UUID(primary_key=True)
    customer = UUID()
    request = UUID(null=True, default=None)
    text = UUID()
    controller = Text()
    purpose = Text()
    channel = Text()
    state = Text()
    source = Text()
    evidence = JSONB()
    basis_sealed = Bytea(null=True, default=None)
    at = Timestamptz()


class ConsentSuppression(Table, tablename="consent_suppression", db=ground.ROWS):
    """An address nothing may be sent to; the primary key is address and channel together."""

    address_hash = Text(primary_key=True)
    channel = Text()
    reason = Text()
    at = Timestamptz()
