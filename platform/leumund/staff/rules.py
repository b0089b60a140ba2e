"""Who may do what, how long a session lasts, and how long one waits after wrong codes."""

from datetime import datetime, timedelta

OWNER = "owner"
VIEWER = "viewer"
ROLES = (OWNER, VIEWER)

_SEEING = frozenset(
    {
        "overview.see",
        "customers.see",
        "surveys.see",
        "referrals.see",
        "rewards.see",
        "program.see",
    }
)
_RIGHTS = {
    VIEWER: _SEEING,
    OWNER: _SEEING
    | {
        "customers.import",
        "surveys.invite",
        "referrals.decide",
        "rewards.decide",
        "consents.see",
        "members.manage",
        "keys.manage",
        "audit.see",
        "company.change",
    },
}

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
ENROL_WITHIN = timedelta(hours=72)

FREE_ATTEMPTS = 5
LONGEST_WAIT = timedelta(minutes=15)

# Failures of one place, whomever it tries to be: enough for an office whose clocks are off, useless for guessing.
ATTEMPTS_OF_PEER = 20
PEER_WINDOW = timedelta(minutes=15)


def may(role: str, right: str) -> bool:
    """Whether ``role`` has ``right``; what is written nowhere is forbidden."""
    return right in _RIGHTS.get(role, frozenset())


def is_alive(created_at: datetime, seen_at: datetime, at: datetime) -> bool:
    """Whether a session lives: seen within half an hour, and begun within half a day."""
    return at - seen_at < IDLE and at - created_at < ABSOLUTE


def wait(failed_attempts: int) -> timedelta:
    """How long after the last wrong code the next one is looked at: nothing for the first, then 2 s, 4 s ... 15 min."""
    over = failed_attempts - FREE_ATTEMPTS + 1
    if over <= 0:
        return timedelta()
    # The exponent is capped before it is used, so that no count makes the number overflow.
    return min(timedelta(seconds=2 ** min(over, 20)), LONGEST_WAIT)
