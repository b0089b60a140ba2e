"""Nouns of referrals."""

from uuid import uuid4

from piccolo.columns import UUID, Array, BigInt, Boolean, Bytea, Date, Integer, SmallInt, Text, Timestamptz
from piccolo.table import Table

from leumund.kit import ground


class ShareLink(Table, tablename="share_link", db=ground.ROWS):
    """An advocate's personal link; ``code`` is the last part of its address."""

    id = UUID(primary_key=True, default=uuid4)
    program = UUID(default=None)
    advocate = UUID(default=None)
    code = Text()
    created_at = Timestamptz()
    retired_at = Timestamptz(null=True, default=None)


class ShareCode(Table, tablename="share_code", db=ground.ROWS):
    """Another code of a link: one to be said, or one the person chose, which the company may have taken down."""

    id = UUID(primary_key=True, default=uuid4)
    link = UUID(default=None)
    kind = Text()
    code_hash = Text()
    spelled_sealed = Bytea()
    made_at = Timestamptz()
    taken_down_at = Timestamptz(null=True, default=None)
    taken_down_by = UUID(null=True, default=None)
    reason_sealed = Bytea(null=True, default=None)


class ShareText(Table, tablename="share_text", db=ground.ROWS):
    """A version of a company's own words to share by one way, in Liquid; none where it went back to ours."""

    id = UUID(primary_key=True, default=uuid4)
    program = UUID(default=None)
    language = Text()
    channel = Text()
    version = Integer()
    subject = Text(null=True, default=None)
    wording = Text(null=True, default=None)
    written_by = UUID(default=None)
    written_at = Timestamptz()


class Campaign(Table, tablename="campaign", db=ground.ROWS):
    """What a link can name as ``?c=<key>``, so that clicks can be told apart by what brought them."""

    id = UUID(primary_key=True, default=uuid4)
    key = Text()
    name = Text()
    begins_at = Timestamptz()
    ends_at = Timestamptz(null=True, default=None)
    made_at = Timestamptz()
    made_by = UUID(default=None)


class LinkTarget(Table, tablename="link_target", db=ground.ROWS):
    """Pages of the company's own that links may lead to: at ``host``, all whose path begins with ``path``."""

    id = UUID(primary_key=True, default=uuid4)
    host = Text()
    path = Text()
    added_at = Timestamptz()


class LinkDestination(Table, tablename="link_destination", db=ground.ROWS):
    """The company's own page that a program's links lead to."""

    program = UUID(primary_key=True, default=None)
    host = Text()
    path = Text()
    query = Text(default="")
    chosen_at = Timestamptz()


class ClickCount(Table, tablename="click_count", db=ground.ROWS):
    """How often a link was followed on a day and in a campaign: by people, by how many of them, and by machines.

    The primary key is link, day and campaign together.
    """

    link = UUID(primary_key=True, default=None)
    day_date = Date()
    campaign = Text(default="")
    clicks = BigInt()
    machines = BigInt(default=0)
    visitors = BigInt(default=0)


class VisitorSalt(Table, tablename="visitor_salt", db=ground.ROWS):
    """What visitors of a day are told apart by; destroyed when the day is over."""

    day_date = Date(primary_key=True, default=None)
    salt = Bytea()


class ClickVisitor(Table, tablename="click_visitor", db=ground.ROWS):
    """Somebody followed a link today, as a hash that is another one on each link; gone when the day is over."""

    link = UUID(primary_key=True, default=None)
    day_date = Date()
    campaign = Text()
    visitor = BigInt()


class Referral(Table, tablename="referral", db=ground.ROWS):
    """The relation of advocate, friend and program; counts once the friend has confirmed.

    It comes of a sign-up, which has a request and terms, or of a claim, which has neither.
    """

    id = UUID(primary_key=True, default=uuid4)
    program = UUID(default=None)
    version = UUID(default=None)
    link = UUID(default=None)
    advocate = UUID(default=None)
    friend = UUID(default=None)
    request = UUID(null=True, default=None)
    terms = UUID(null=True, default=None)
    claim = UUID(null=True, default=None)
    state = Text()
    reason_sealed = Bytea(null=True, default=None)
    reason_gone = Boolean(default=False)
    clicked_at = Timestamptz(null=True, default=None)
    campaign = Text(default="")
    attributed_at = Timestamptz()
    confirmed_at = Timestamptz(null=True, default=None)
    qualified_at = Timestamptz(null=True, default=None)
    decided_at = Timestamptz(null=True, default=None)
    decided_by = UUID(null=True, default=None)
    voided_from = Text(null=True, default=None)
    voided_after = Timestamptz(null=True, default=None)


class ReferralSignal(Table, tablename="referral_signal", db=ground.ROWS):
    """A sign seen in a referral, with what it weighed then; the primary key is referral and signal together."""

    referral = UUID(primary_key=True, default=None)
    signal = Text()
    weight = SmallInt()
    at = Timestamptz()


class ProgramSignal(Table, tablename="program_signal", db=ground.ROWS):
    """What a sign weighs in a program; the primary key is program and signal together."""

    program = UUID(primary_key=True, default=None)
    signal = Text()
    weight = SmallInt()
    changed_at = Timestamptz()


class Conversion(Table, tablename="conversion", db=ground.ROWS):
    """An event the company reported, or a friend's sign-up; one thing told counts once."""

    id = UUID(primary_key=True, default=uuid4)
    number = BigInt()
    program = UUID(null=True, default=None)
    kind = Text(default="purchase")
    event_key = Text(default="")
    order_id = Text()
    customer = UUID(default=None)
    referral = UUID(null=True, default=None)
    cents = BigInt()
    currency = Text()
    categories = Array(base_column=Text())
    occurred_at = Timestamptz()
    recorded_at = Timestamptz()
    refunded_at = Timestamptz(null=True, default=None)
    doubt_before = Text(null=True, default=None)
    doubt = Text(null=True, default=None)
    approved_by = UUID(null=True, default=None)
