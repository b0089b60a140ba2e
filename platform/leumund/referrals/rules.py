"""What is true of referrals without looking at a row."""

import crawleruseragents

CODE_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
CODE_LENGTH = 10

_NEXT = {
    "attributed": {"qualified", "rejected", "expired", "voided"},
    "qualified": {"in_review", "approved", "rejected", "voided"},
    "in_review": {"approved", "rejected", "voided"},
    # Refused after all, by a person alone, as long as its rewards are held.
    "approved": {"voided", "rejected"},
    # By a person alone, after an objection.
    "rejected": {"in_review"},
}
# Beside those the library knows by their names: what many more call themselves.
_MACHINES = ("bot", "crawl", "spider", "preview", "slurp", "scan", "fetch", "monitor", "headless", "http")
# No browser says more of itself, and what is longer is not read for it.
_LONGEST_AGENT = 512
# The page of ours that a link leads to stands below the link.
LANDING = "welcome"


def may_become(state: str, wished: str) -> bool:
    """Whether a referral may go from ``state`` to ``wished``; forward only."""
    return wished in _NEXT.get(state, set())


def before(wished: str) -> list[str]:
    """The states a referral may come from to become ``wished``."""
    return [state for state in _NEXT if may_become(state, wished)]


def is_drawn(plain: str) -> bool:
    """Whether a code in normal form looks like a link's own: nobody guesses one of 800 million million."""
    return len(plain) == CODE_LENGTH and set(plain) <= set(CODE_ALPHABET)


def is_machine(user_agent: str) -> bool:
    """Whether a caller says of itself that it is no person: link previews, crawlers, tools; or says nothing."""
    said = user_agent[:_LONGEST_AGENT]
    lowered = said.lower()
    return not said or any(name in lowered for name in _MACHINES) or crawleruseragents.is_crawler(said)
