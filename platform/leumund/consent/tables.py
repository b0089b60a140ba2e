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
    data = JSONB(default="{}")
    published_at = Timestamptz()


class ConsentDraft(Table, tablename="consent_draft", db=ground.ROWS):
    """What somebody is writing: one draft of each text in each language, gone once it is published."""

    id = UUID(primary_key=True)
    kind = Text()
    purpose = Text()
    language = Text()
    title = Text()
    template = Text()
    data = JSONB()
    written_at = Timestamptz()
    written_by = UUID()


class ConsentRequest(Table, tablename="consent_request", db=ground.ROWS):
    """What waits for the button behind the link in the check mail."""

    id = UUID(primary_key=True)
    customer = UUID()
    address_hash = Text(default="")
    address_sealed = Bytea(null=True, default=None)
    served = UUID(null=True, default=None)
    check_mail = JSONB(null=True, default=None)
    source = Text()
    requested_at = Timestamptz()
    expires_at = Timestamptz()
    confirmed_at = Timestamptz(null=True, default=None)


class ConsentEvent(Table, tablename="consent_event", db=ground.ROWS):
    """Something that happened to a consent; append-only by grant, kept when the person's record goes.

    ``position`` and ``chain_hash`` are its place in the person's chain; only ``recording`` adds one.
    """

    id = UUID(primary_key=True)
    customer = UUID()
    position = Integer()
    chain_hash = Text()
    request = UUID(null=True, default=None)
    served = UUID(null=True, default=None)
    text = UUID()
    controller = Text()
    purpose = Text()
    channel = Text()
    state = Text()
    source = Text()
    evidence = JSONB()
    basis_sealed = Bytea(null=True, default=None)
    address_sealed = Bytea(null=True, default=None)
    words_hash = Text(null=True, default=None)
    at = Timestamptz()


class ConsentChain(Table, tablename="consent_chain", db=ground.ROWS):
    """Where a person's chain of events ends; its seal is made with a key of the company."""

    id = UUID(primary_key=True)
    position = Integer()
    chain_hash = Text()
    seal_hash = Text()


class ConsentBlock(Table, tablename="consent_block", db=ground.ROWS):
    """What the consents of a form looked like, once for everybody who was shown the same; append-only by grant."""

    id = UUID(primary_key=True)
    sha256 = Text()
    html = Text()


class ConsentServed(Table, tablename="consent_served", db=ground.ROWS):
    """A form as one person was shown it before they sent it; append-only by grant."""

    id = UUID(primary_key=True)
    block = UUID()
    form = Text()
    form_version = Text()
    url = Text()
    language = Text()
    texts = JSONB()
    served_at = Timestamptz()


class ConsentSuppression(Table, tablename="consent_suppression", db=ground.ROWS):
    """An address nothing may be sent to; the primary key is address and channel together."""

    address_hash = Text(primary_key=True)
    channel = Text()
    reason = Text()
    at = Timestamptz()
