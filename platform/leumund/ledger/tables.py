"""Nouns of the ledger."""

from uuid import uuid4

from piccolo.columns import UUID, BigInt, Boolean, Date, Integer, SmallInt, Text, Timestamptz
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


class Link(Table, tablename="ledger_link", db=ground.ROWS):
    """A posting's place in the chain, and the hash up to there; append-only by grant."""

    position = BigInt(primary_key=True)
    entry = UUID()
    chain_hash = Text()


class Waiting(Table, tablename="ledger_waiting", db=ground.ROWS):
    """A posting that found the head in use, under a keyed hash until it is linked."""

    entry = UUID(primary_key=True)
    entry_hash = Text(null=True, default=None)


class Head(Table, tablename="ledger_head", db=ground.ROWS):
    """Where the chain ends, under a keyed hash; one row, or none before the first posting."""

    id = SmallInt(primary_key=True, default=1)
    position = BigInt()
    chain_hash = Text()
    seal_hash = Text()


class Day(Table, tablename="ledger_day", db=ground.ROWS):
    """All that moved in one closed day (UTC) between accounts of two kinds; append-only by grant."""

    day_date = Date(primary_key=True)
    currency = Text()
    debit_kind = Text()
    debit_program = UUID()
    credit_kind = Text()
    credit_program = UUID()
    postings = Integer()
    cents = BigInt()


class Closed(Table, tablename="ledger_closed", db=ground.ROWS):
    """Up to which day (UTC) all is summed up and nothing is posted any more; one row, or none before the first."""

    id = SmallInt(primary_key=True, default=1)
    through_date = Date()


class Practice(Table, tablename="ledger_practice", db=ground.ROWS):
    """Whose books these are at the tax adviser's, and how those are kept; one row, or none before anybody said."""

    id = SmallInt(primary_key=True, default=1)
    consultant = Integer()
    client = Integer()
    account_digits = SmallInt()
    year_begins = SmallInt()
    changed_at = Timestamptz()


class Chart(Table, tablename="ledger_chart", db=ground.ROWS):
    """Which account of the company's own books a kind of ours is, in one currency."""

    kind = Text(primary_key=True)
    currency = Text()
    account = Text()
    changed_at = Timestamptz()


class Batch(Table, tablename="ledger_batch", db=ground.ROWS):
    """Postings of some days that were taken along for accounting; append-only by grant."""

    id = UUID(primary_key=True, default=uuid4)
    number = Integer()
    currency = Text()
    first_date = Date()
    last_date = Date()
    fixed = Boolean()
    again = Boolean()
    lines = Integer()
    cents = BigInt()
    sha256 = Text()
    made_at = Timestamptz()
    made_by = UUID()
