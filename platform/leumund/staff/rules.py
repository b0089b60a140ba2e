"""Who may do what, and how long an invitation stands."""

from datetime import timedelta

OWNER = "owner"
PRIVACY_OFFICER = "privacy_officer"
VIEWER = "viewer"
ROLES = (OWNER, PRIVACY_OFFICER, VIEWER)

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
    # Looks at how people's data is treated, and changes nothing.
    PRIVACY_OFFICER: frozenset(
        {"overview.see", "customers.see", "surveys.see", "consents.see", "audit.see", "isolation.see", "support.see"}
    ),
    OWNER: _SEEING
    | {
        "customers.import",
        "surveys.invite",
        "referrals.decide",
        "rewards.decide",
        "consents.see",
        "members.manage",
        "keys.manage",
        "domains.manage",
        "audit.see",
        "isolation.see",
        "support.see",
        "support.decide",
        "company.leave",
    },
}

ENROL_WITHIN = timedelta(hours=72)


def may(role: str, right: str) -> bool:
    """Whether ``role`` has ``right``; what is written nowhere is forbidden."""
    return right in _RIGHTS.get(role, frozenset())
