"""Who may do what, and how long an invitation stands."""

from datetime import timedelta

OWNER = "owner"
MARKETING = "marketing"
SUPPORT = "support"
ACCOUNTING = "accounting"
PRIVACY_OFFICER = "privacy_officer"
VIEWER = "viewer"
ROLES = (OWNER, MARKETING, SUPPORT, ACCOUNTING, PRIVACY_OFFICER, VIEWER)

_SEEING = frozenset(
    {
        "overview.see",
        "customers.see",
        "segments.see",
        "occasions.see",
        "surveys.see",
        "referrals.see",
        "rewards.see",
        "program.see",
        "ledger.see",
    }
)
# Whoever watches over the law sees how people's data is treated and works on what people ask for; of the program's
# money and settings they see nothing.
_WATCHING = frozenset(
    {
        "overview.see",
        "customers.see",
        "occasions.see",
        "contacts.see",
        "segments.see",
        "surveys.see",
        "scores.see",
        "surveys.release",
        "consents.see",
        "evidence.see",
        "evidence.record",
        "texts.see",
        "messages.see",
        "cases.see",
        "cases.work",
        "records.see",
        "records.manage",
        "breaches.manage",
        "audit.see",
        "audit.export",
        "isolation.see",
        "support.see",
    }
)
# Whoever pays prepares and approves: of two members who do, each stands for what the other one looked at.
_PAYING = frozenset({"payouts.see", "payouts.prepare", "payouts.approve"})
_RIGHTS = {
    VIEWER: _SEEING,
    # Brings purchases in, and so what is owed for them; whoever pays that out may not have made it up (accounting).
    MARKETING: _SEEING
    | {
        "customers.import",
        "purchases.import",
        "segments.manage",
        "segments.export",
        "surveys.invite",
        "surveys.export",
        "surveys.write",
        "care.see",
        "care.work",
        "scores.see",
        "occasions.manage",
        "program.manage",
        "share.manage",
        "consents.see",
        "texts.see",
        "messages.see",
        "messages.test",
        "messages.write",
        "referrals.decide",
        "signs.weigh",
    },
    # Helps one person at a time: of what they answered only that which is to be looked after is needed for it, and what
    # they were paid is not.
    SUPPORT: frozenset(
        {
            "overview.see",
            "customers.see",
            "contacts.see",
            "care.see",
            "care.work",
            "referrals.see",
            "referrals.decide",
            "consents.see",
            "evidence.record",
            "messages.see",
            "cases.see",
        }
    ),
    ACCOUNTING: frozenset(
        {"overview.see", "referrals.see", "rewards.see", "program.see", "ledger.see", "ledger.export"}
    )
    | _PAYING,
    PRIVACY_OFFICER: _WATCHING,
    OWNER: _SEEING
    | _WATCHING
    | _PAYING
    | {
        "payouts.manage",
        "customers.import",
        "purchases.import",
        "segments.manage",
        "segments.export",
        "surveys.invite",
        "surveys.export",
        "surveys.write",
        "care.see",
        "care.work",
        "care.manage",
        "occasions.manage",
        "program.manage",
        "share.manage",
        "referrals.decide",
        "signs.weigh",
        "rewards.decide",
        "ledger.export",
        "texts.publish",
        "messages.test",
        "messages.write",
        "mail.manage",
        "stripe.manage",
        "agreement.accept",
        "members.manage",
        "keys.manage",
        "webhooks.manage",
        "domains.manage",
        "links.manage",
        "support.decide",
        "company.leave",
        "twin.see",
    },
}

ENROL_WITHIN = timedelta(hours=72)


def may(role: str, right: str) -> bool:
    """Whether ``role`` has ``right``; what is written nowhere is forbidden."""
    return right in _RIGHTS.get(role, frozenset())
