"""Nouns of customers."""

from uuid import uuid4

from piccolo.columns import UUID, Array, BigInt, Bytea, Date, Text, Timestamptz
from piccolo.table import Table

from leumund.kit import ground


class Customer(Table, tablename="customer", db=ground.ROWS):
    """A person of this company; a lead until the company reports a purchase."""

    id = UUID(primary_key=True, default=uuid4)
    stage = Text(default="customer")
    external_id = Text(null=True, default=None)
    email_sealed = Bytea(null=True, default=None)
    email_hash = Text(null=True, default=None)
    given_name_sealed = Bytea(null=True, default=None)
    family_name_sealed = Bytea(null=True, default=None)
    phone_sealed = Bytea(null=True, default=None)
    birth_date_sealed = Bytea(null=True, default=None)
    found_by = Array(base_column=BigInt())
    country = Text(null=True, default=None)
    language = Text(null=True, default=None)
    customer_since_date = Date(null=True, default=None)
    source = Text()
    created_at = Timestamptz()
    updated_at = Timestamptz()


class CustomerSession(Table, tablename="customer_session", db=ground.ROWS):
    """A person in the portal; the cookie's token is stored as a digest."""

    id = UUID(primary_key=True, default=uuid4)
    customer = UUID(default=None)
    address_hash = Text(default="")
    token_hash = Text()
    created_at = Timestamptz()
    seen_at = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)


class CustomerLogin(Table, tablename="customer_login", db=ground.ROWS):
    """A one-time link into the portal."""

    id = UUID(primary_key=True, default=uuid4)
    customer = UUID(default=None)
    address_hash = Text(default="")
    created_at = Timestamptz()
    expires_at = Timestamptz()
    used_at = Timestamptz(null=True, default=None)
