"""What is true of referrals without looking at a row."""

CODE_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
CODE_LENGTH = 10

_NEXT = {
    "attributed": {"qualified", "rejected", "expired", "voided"},
    "qualified": {"in_review", "approved", "rejected", "voided"},
    "in_review": {"approved", "rejected", "voided"},
    "approved": {"voided"},
}
_MACHINES = ("bot", "crawl", "spider", "preview", "slurp", "facebookexternalhit", "whatsapp", "curl", "wget", "python")


def may_become(state: str, wished: str) -> bool:
    """Whether a referral may go from ``state`` to ``wished``; forward only."""
    return wished in _NEXT.get(state, set())


def before(wished: str) -> list[str]:
    """The states a referral may come from to become ``wished``."""
    return [state for state in _NEXT if may_become(state, wished)]


def is_machine(user_agent: str) -> bool:
    """Whether a caller says of itself that it is no person: link previews, crawlers, tools."""
    said = user_agent.lower()
    return not said or any(name in said for name in _MACHINES)
