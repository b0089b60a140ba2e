"""Nouns of customers."""

from uuid import uuid4

from piccolo.columns import UUID, Array, BigInt, Bytea, Date, Integer, Text, Timestamptz
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
    birth_day_hash = Text(null=True, default=None)
    found_by = Array(base_column=BigInt())
    country = Text(null=True, default=None)
    language = Text(null=True, default=None)
    customer_since_date = Date(null=True, default=None)
    source = Text()
    created_at = Timestamptz()
    updated_at = Timestamptz()
    held = Text(null=True, default=None)
    profiling_objected_at = Timestamptz(null=True, default=None)


class CustomerHold(Table, tablename="customer_hold", db=ground.ROWS):
    """Since when somebody's data rest or go, by whom and why; open until it is lifted."""

    id = UUID(primary_key=True, default=uuid4)
    customer = UUID(default=None)
    kind = Text()
    ground = Text()
    actor = Text()
    rights_case = UUID(null=True, default=None)
    began_at = Timestamptz()
    due_at = Timestamptz(null=True, default=None)
    lifted_at = Timestamptz(null=True, default=None)


class CustomerSession(Table, tablename="customer_session", db=ground.ROWS):
    """A person in the portal; the cookie's token is stored as a digest."""

    id = UUID(primary_key=True, default=uuid4)
    customer = UUID(default=None)
    address_hash = Text(default="")
    token_hash = Text()
    second_factor_at = Timestamptz(null=True, default=None)
    challenge_hash = Text(null=True, default=None)
    challenge_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz()
    seen_at = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)


class CustomerLogin(Table, tablename="customer_login", db=ground.ROWS):
    """A one-time link into the portal, or one that proves a new address."""

    id = UUID(primary_key=True, default=uuid4)
    customer = UUID(default=None)
    address_hash = Text(default="")
    created_at = Timestamptz()
    expires_at = Timestamptz()
    used_at = Timestamptz(null=True, default=None)
    new_email_sealed = Bytea(null=True, default=None)


class CustomerFactor(Table, tablename="customer_factor", db=ground.ROWS):
    """What a person has beside their mailbox: an app, a passkey, a recovery code; it counts from ``counts_at`` on."""

    id = UUID(primary_key=True, default=uuid4)
    customer = UUID(default=None)
    kind = Text()
    name_sealed = Bytea(null=True, default=None)
    secret_sealed = Bytea(null=True, default=None)
    code_hash = Text(null=True, default=None)
    counter = BigInt(default=0)
    failed_attempts = Integer(default=0)
    failed_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz()
    counts_at = Timestamptz()
    used_at = Timestamptz(null=True, default=None)
