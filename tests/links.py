"""Tokens as the links in our mails carry them."""

from uuid import UUID

from leumund.kit import tokens
from leumund.messages import kinds


def enrolment(of: UUID) -> str:
    """What stands behind ``/console/enrol/`` in the mail of an invitation."""
    return tokens.sign(kinds.signed_for("staff_enrolment"), of)
