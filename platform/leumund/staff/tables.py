"""Members, their sessions, tries to become one, and API keys."""

from piccolo.columns import UUID, Array, BigInt, Boolean, Bytea, Integer, Text, Timestamptz
from piccolo.table import Table

from leumund.kit import ground


class StaffMember(Table, tablename="staff_member", db=ground.ROWS):
    """A person who works for the company; without password and second factor until enrolled."""

    id = UUID(primary_key=True)
    email_sealed = Bytea()
    email_hash = Text()
    name_sealed = Bytea()
    role = Text()
    language = Text(default="de")
    password_hash = Text(null=True, default=None)
    totp_sealed = Bytea(null=True, default=None)
    totp_last_step = BigInt(default=0)
    enrolment_hash = Text(null=True, default=None)
    enrolment_expires_at = Timestamptz(null=True, default=None)
    failed_attempts = Integer(default=0)
    failed_at = Timestamptz(null=True, default=None)
    disabled_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz()


class StaffSession(Table, tablename="staff_session", db=ground.ROWS):
    """One signed-in browser; only the digest of its token is stored."""

    id = UUID(primary_key=True)
    member = UUID()
    token_hash = Text()
    second_factor_at = Timestamptz(null=True, default=None)
    created_at = Timestamptz()
    seen_at = Timestamptz()
    ended_at = Timestamptz(null=True, default=None)


class StaffAttempt(Table, tablename="staff_attempt", db=ground.ROWS):
    """How often one place failed to sign in until ``ends_at``; the place is known by a keyed hash alone."""

    id = UUID(primary_key=True)
    peer_hash = Text()
    attempts = Integer()
    ends_at = Timestamptz()


class StaffApiKey(Table, tablename="staff_api_key", db=ground.ROWS):
    """A key for one of the company's systems; only its digest is stored."""

    id = UUID(primary_key=True)
    name = Text()
    token_hash = Text()
    scopes = Array(base_column=Text())
    created_at = Timestamptz()
    used_at = Timestamptz(null=True, default=None)
    revoked_at = Timestamptz(null=True, default=None)


class LeavingRequest(Table, tablename="leaving_request", db=ground.ROWS):
    """An owner's word that the company leaves; ``at_once`` is without the time in which it could be undone."""

    id = UUID(primary_key=True)
    member = UUID()
    at_once = Boolean()
    asked_at = Timestamptz()
    withdrawn_at = Timestamptz(null=True, default=None)
