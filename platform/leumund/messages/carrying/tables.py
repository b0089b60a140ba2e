"""The sender domain, the company's own server, and returned mails."""

from piccolo.columns import UUID, Bytea, Integer, Text, Timestamptz
from piccolo.table import Table

from leumund.kit import ground


class MailDomain(Table, tablename="mail_domain", db=ground.ROWS):
    """A domain the company's mails come from, the key that signs them, and what its DNS said last."""

    id = UUID(primary_key=True)
    name = Text()
    selector = Text()
    private_key_sealed = Bytea()
    public_key = Text()
    created_at = Timestamptz()
    asked_at = Timestamptz(null=True, default=None)
    checked_at = Timestamptz(null=True, default=None)
    spf = Text(null=True, default=None)
    dkim = Text(null=True, default=None)
    dmarc = Text(null=True, default=None)


class MailServer(Table, tablename="mail_server", db=ground.ROWS):
    """A company's own SMTP server; used from ``proven_at`` on."""

    id = UUID(primary_key=True)
    host = Text()
    port = Integer()
    username_sealed = Bytea(null=True, default=None)
    password_sealed = Bytea(null=True, default=None)
    created_at = Timestamptz()
    checked_at = Timestamptz(null=True, default=None)
    proven_at = Timestamptz(null=True, default=None)
    fault = Text(null=True, default=None)


class MailReturn(Table, tablename="mail_return", db=ground.ROWS):
    """That a mail came back, or was complained of; the primary key is message and kind together."""

    message = UUID(primary_key=True)
    kind = Text()
    status = Text(default="")
    at = Timestamptz()
