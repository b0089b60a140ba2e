"""Answers to operators who asked to see something."""

from piccolo.columns import JSONB, UUID, Text, Timestamptz
from piccolo.table import Table

from leumund.kit import ground


class SupportAccess(Table, tablename="support_access", db=ground.ROWS):
    """A grant until ``ends_at``, or a refusal where that is None; what was asked is kept beside the answer."""

    request = UUID(primary_key=True)
    operator = UUID()
    operator_email = Text()
    reason = Text()
    rooms = JSONB()
    answered_by = UUID()
    answered_at = Timestamptz()
    ends_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)
    ended_by = Text(null=True, default=None)
