"""Nouns of the ledger."""

from uuid import uuid4

from piccolo.columns import UUID, BigInt, Text, Timestamptz
from piccolo.table import Table

from leumund.kit import ground


class Account(Table, tablename="ledger_account", db=ground.ROWS):
    """What one owner holds of one kind in one currency; the owner is a program or a person's id."""

    id = UUID(primary_key=True, default=uuid4)
    kind = Text()
    owner = UUID(default=None)
    currency = Text()
    opened_at = Timestamptz()


class Posting(Table, tablename="ledger_posting", db=ground.ROWS):
    """Moves ``cents`` from ``debit`` to ``credit``; can be added and never changed."""

    id = UUID(primary_key=True, default=uuid4)
    debit = UUID(default=None)
    credit = UUID(default=None)
    currency = Text()
    cents = BigInt()
    cause = Text()
    posted_at = Timestamptz()
