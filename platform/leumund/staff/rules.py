"""Who may do what, and how long an invitation stands."""

from datetime import timedelta

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
    },
}

ENROL_WITHIN = timedelta(hours=72)


def may(role: str, right: str) -> bool:
    """Whether ``role`` has ``right``; what is written nowhere is forbidden."""
    return right in _RIGHTS.get(role, frozenset())
