"""Nouns of claims."""

from uuid import uuid4

from piccolo.columns import UUID, Boolean, Bytea, Text, Timestamptz
from piccolo.table import Table

from leumund.kit import ground


class ReferralClaim(Table, tablename="referral_claim", db=ground.ROWS):
    """That somebody said who recommended a customer; ``link`` is None where nobody has such a code.

    What support entered says by whom and why.
    """

    id = UUID(primary_key=True, default=uuid4)
    customer = UUID(default=None)
    link = UUID(null=True, default=None)
    way = Text()
    claimed_at = Timestamptz()
    told_at = Timestamptz()
    campaign = Text(default="")
    conditions_shown = Boolean()
    from_file = Boolean(default=False)
    told_by = UUID(null=True, default=None)
    reason_sealed = Bytea(null=True, default=None)


class ClaimJudgement(Table, tablename="claim_judgement", db=ground.ROWS):
    """What became of a claim at an event; the primary key is claim, conversion and reason together."""

    claim = UUID(primary_key=True, default=None)
    conversion = UUID(default=None)
    reason = Text()
    at = Timestamptz()
