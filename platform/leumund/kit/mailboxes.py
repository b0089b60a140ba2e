"""Write an e-mail address the one way we store it, whoever's it is: only what our mails can name is one."""

import re
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

# What nearly every address looks like; everything else goes the thorough way.
_PLAIN = re.compile(r"[a-z0-9][a-z0-9_+-]*(?:\.[a-z0-9_+-]+)*@(?P<domain>(?:[a-z0-9][a-z0-9-]*\.)+[a-z]{2,})")
_LONGEST_LOCAL = 64
# RFC 5321 4.5.3.1.3; the thorough way takes half a second to say so of what somebody made long on purpose.
_LONGEST = 254
# Strangers at the doors name domains too, and may not fill the memory with them.
_DOMAINS_KNOWN = 1_000


def normal(text: str) -> str | None:
    """Lower-case, with an ASCII domain; None where no mail of ours could reach it, as where it needs SMTPUTF8."""
    if len(text) > 2 * _LONGEST or len(lowered := text.strip().lower()) > _LONGEST:
        return None
    plain = _PLAIN.fullmatch(lowered)
    if plain and lowered.index("@") <= _LONGEST_LOCAL and _known_domain(plain["domain"]):
        return lowered
    try:
        found = validate_email(lowered, check_deliverability=False, allow_smtputf8=False).ascii_email
    except EmailNotValidError:
        return None
    assert found is not None, "only addresses that need SMTPUTF8 have none"
    return found.lower()


@lru_cache(_DOMAINS_KNOWN)
def _known_domain(domain: str) -> bool:
    """Whether the thorough way takes this domain; asked once each, since a file has few."""
    try:
        validate_email("a@" + domain, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True
