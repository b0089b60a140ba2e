"""What a sender domain's DNS has to say, and what it does say: SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489)."""

from collections.abc import Sequence
from typing import NamedTuple

GOOD, MISSING, OTHER, SEVERAL, NO_ANSWER = "good", "missing", "other", "several", "no_answer"
_SPF, _DMARC = "v=spf1", "v=dmarc1"
_QUALIFIERS = "+-~?"


class Record(NamedTuple):
    """A TXT record to publish: ``kind`` is spf, dkim or dmarc."""

    kind: str
    name: str
    words: str


def wanted(*, domain: str, selector: str, public_key: str, spf: str) -> list[Record]:
    """The records of ``domain``; ``spf`` is the mechanism of who carries its mails, empty where we do not know it."""
    dkim = Record("dkim", dkim_name(domain, selector), f"v=DKIM1; k=rsa; p={public_key}")
    dmarc = Record("dmarc", dmarc_name(domain), "v=DMARC1; p=quarantine")
    return [*([Record("spf", domain, f"v=spf1 {spf} ~all")] if spf else []), dkim, dmarc]


def dkim_name(domain: str, selector: str) -> str:
    """Where the public key stands."""
    return f"{selector}._domainkey.{domain}"


def dmarc_name(domain: str) -> str:
    """Where the policy stands."""
    return f"_dmarc.{domain}"


def judge_spf(texts: Sequence[bytes], *, mechanism: str) -> str:
    """Whether a domain lets ``mechanism``, such as ``include:spf.leumund.example``, carry its mails."""
    found = [text for text in _words(texts) if _terms(text)[:1] == [_SPF]]
    if len(found) > 1:
        # RFC 7208 4.5: two records are an error, and every receiver reads none.
        return SEVERAL
    if not found:
        return MISSING
    terms = {term.lstrip(_QUALIFIERS) for term in _terms(found[0]) if not term.startswith("-")}
    return GOOD if mechanism.lower() in terms else OTHER


def judge_dkim(texts: Sequence[bytes], *, public_key: str) -> str:
    """Whether the key that stands there is ours."""
    found = [_tags(text) for text in _words(texts) if "p=" in text.replace(" ", "")]
    if not found:
        return MISSING
    # A server that splits or folds the key leaves blanks in it that mean nothing.
    keys = {"".join(tags.get("p", "").split()) for tags in found}
    return GOOD if keys == {public_key} else OTHER


def judge_dmarc(texts: Sequence[bytes]) -> str:
    """Whether there is one policy, whatever it asks of receivers."""
    found = [text for text in _words(texts) if text.replace(" ", "").lower().startswith(_DMARC)]
    if len(found) > 1:
        return SEVERAL
    return GOOD if found and _tags(found[0]).get("p", "").lower() in ("none", "quarantine", "reject") else MISSING


def _words(texts: Sequence[bytes]) -> list[str]:
    return [text.decode("ascii", "replace").strip() for text in texts]


def _terms(text: str) -> list[str]:
    return text.lower().split()


def _tags(text: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in text.split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs if name.strip()}
