"""When a consent stands: the fold of its events.

Three things do not touch a standing consent. Being asked again (anybody can type Anna's address into a form, and must
not end what she allowed). Leaving a box empty that is empty by default: that refuses the new request and says nothing
of an older yes, which is taken back by withdrawing. And the lapse of a request nobody confirmed.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from string import punctuation
from typing import Literal, get_args

import msgspec

# Over what a person can be reached.
Channel = Literal["email", "phone", "post", "sms"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)

# Nobody kept for us what was before it: an earlier moment is a date that got lost on its way.
FIRST_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)
CONFIRM_WITHIN = timedelta(hours=48)

# What ends a consent, whoever wants it ended: the person, by taking it back or objecting to all advertising (GDPR
# Art. 7(3), 21(2)), or the company, which found it void or lets the purpose go.
ENDS = ("withdrawn", "objected", "invalidated", "terminated")
OWN_ENDS = ENDS[:2]
# A button that is pressed twice, or a mail program that sends its one click again, says one no.
SAME_NO_WITHIN = timedelta(days=1)
# A mail proves that a mailbox was reached, and nothing about a telephone (OLG Frankfurt 6 U 6/19).
PROVEN_BY_MAIL = ("email", "post")

_SHORTEST_BASIS = 10
# A column of yes and no proves nothing, and a no must never come in as a yes.
_POINTS = punctuation + "„“”‚‘’»«›‹–—•…"
_BEGINNING = 8
_NO = re.compile(
    r"\b(?:nicht|nie|niemals) (?:zugestimmt|eingewilligt|einverstanden|erteilt|gegeben)\b"
    r"|\b(?:kein|keine|keinerlei|ohne) (?:einwilligung|zustimmung|einverständnis)\b"
    r"|\b(?:no|without) consent\b|(?:\bnot|\bnever|n[’']t) (?:give|gave|given|agree|agreed|consent|consented)\b"
    r"|\b(?:abgelehnt|verweigert|lehnt|lehnte|refuse[sd]|decline[sd]|denie[sd])\b"
)
_NOES = (
    *("nein", "kein", "keine", "keiner", "nicht", "nie", "ohne", "abgelehnt", "verweigert", "widerrufen", "widerruf"),
    *("no", "not", "none", "never", "without", "refused", "declined", "denied", "withdrawn", "revoked", "opt-out"),
    *("false", "falsch", "optout", "opted", "unsubscribed", "abgemeldet", "widersprochen", "n/a"),
)


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One event of one person, purpose and channel; ``of_request`` tells a request's lapse from a consent's end.

    ``elsewhere`` where it was said for another address than the person has.
    """

    state: str
    at: datetime
    of_request: bool = False
    elsewhere: bool = False


def stands(events: Iterable[Event]) -> bool:
    """Whether the consent is valid after ``events``, in any order; at one instant an end beats a yes.

    A yes is the addressee's (§ 7 UWG): given for one address, it does not follow the person to another.
    """
    telling = [event for event in events if tells(event)]
    latest = max(telling, key=lambda event: (event.at, event.state != "given"), default=None)
    return latest is not None and latest.state == "given" and not latest.elsewhere


def proves(basis: str) -> bool:
    """Whether ``basis`` says in words how a consent was given; a mere yes proves nothing, and a no is none."""
    words = basis.casefold().split()
    first = next((plain for word in words if (plain := word.strip(_POINTS))), "")
    if len(" ".join(words)) < _SHORTEST_BASIS or not first or first in _NOES:
        return False
    # Further on stands the wording itself, which may well say what happens where nobody agrees.
    return _NO.search(" ".join(words[:_BEGINNING])) is None


def fingerprint(title: str, wording: str) -> str:
    """SHA-256 of a text as it is shown, title first."""
    return sha256(f"{title}\n\n{wording}".encode()).hexdigest()


def tells(event: Event) -> bool:
    """Whether ``event`` has a say in how a consent stands."""
    return event.state in ("given", *ENDS) or (event.state == "expired" and not event.of_request)
