"""Which names a company may claim: exact hosts of the public DNS that are nobody else's to give.

IDNA 2008 (RFC 5891) with the mapping of UTS #46, so that a name is stored one way however it was typed. Names reserved
by RFC 6761 and 6762 are refused, but where the deployment lives under one of them itself, which makes it a trial.
"""

import re
from ipaddress import ip_address
from unicodedata import name as name_of

import idna

from leumund.kit.faults import Refused
from leumund.tenancy.directory import plain_host
from leumund.tenancy.domains import lookalikes, suffixes

# With "_leumund." in front it is still a name DNS takes.
LONGEST = 244
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])", re.ASCII)
_SPECIAL = frozenset(
    [
        "alt",
        "arpa",
        "corp",
        "example",
        "home",
        "internal",
        "intranet",
        "invalid",
        "lan",
        "local",
        "localdomain",
        "localhost",
        "onion",
        "private",
        "test",
    ]
)


class BadDomain(Refused):
    """No host of the public DNS that a company could have."""


class NotYours(Refused):
    """The platform's, or an ending under which everybody gets theirs."""


class LooksAlike(Refused):
    """One reads it as somebody else's name."""


def stored(typed: str, *, base_domain: str) -> str:
    """``typed`` as we store hosts: lower case, A-labels, without port and final dot.

    Raises BadDomain, NotYours and LooksAlike for what no company may have, whoever asks.
    """
    name = _ascii(plain_host(typed.strip()))
    _refuse_special(name, base_domain)
    if name == base_domain or name.endswith("." + base_domain):
        raise NotYours("errors.domains.ours", field="name", base=base_domain)
    ours, asked = (lookalikes.skeleton(each) for each in (base_domain, name))
    if asked == ours or asked.endswith("." + ours):
        raise LooksAlike("errors.domains.like_ours", field="name", base=base_domain)
    return name


def given(slug: str, *, base_domain: str) -> str:
    """The host every company has without claiming one."""
    return f"{slug}.{base_domain}"


def shown(name: str) -> str:
    """A stored host as people read it."""
    return idna.decode(name, display=True)


def _ascii(host: str) -> str:
    if len(host) > LONGEST:
        raise BadDomain("errors.domains.too_long", field="name", most=LONGEST)
    if _is_address(host):
        raise BadDomain("errors.domains.address", field="name")
    try:
        name = idna.encode(host, uts46=True, transitional=False, std3_rules=True).decode("ascii").removesuffix(".")
        labels = idna.decode(name).split(".")
    except (idna.IDNAError, UnicodeError):
        raise BadDomain("errors.domains.no_domain", field="name") from None
    if not _HOST.fullmatch(name) or len(name) > LONGEST:
        raise BadDomain("errors.domains.no_domain", field="name")
    if any(len(_scripts(label)) > 1 for label in labels):
        raise LooksAlike("errors.domains.mixed", field="name")
    return name


def _is_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _scripts(label: str) -> set[str]:
    """The scripts of a label's letters, by the first word of their Unicode names; Japanese and Chinese mix theirs."""
    scripts = {name_of(sign, "?").split()[0].split("-")[0] for sign in label if sign.isalpha()}
    return {"CJK" if script in {"HIRAGANA", "KATAKANA", "CJK", "BOPOMOFO"} else script for script in scripts}


def _refuse_special(name: str, base_domain: str) -> None:
    top, ours = name.rpartition(".")[2], base_domain.rpartition(".")[2]
    if top in _SPECIAL and top != ours:
        raise BadDomain("errors.domains.special", field="name", top=top)
    if suffixes.is_suffix(name):
        raise NotYours("errors.domains.registry", field="name")
