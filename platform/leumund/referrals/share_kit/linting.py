"""Look over words to share: they say what their sender gets for it, press nobody, promise nothing, and fit their way.

They are looked over as they stand and as they are read with today's rewards; whoever shares them is told by the same
rules again, so that words of last year promise nothing of this year's.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources

import msgspec

from leumund.kit import letters
from leumund.kit.faults import Refusals, Refused
from leumund.messages.words import filling
from leumund.messages.words.filling import BadWords, Unfillable
from leumund.referrals.share_kit.channels import CHANNELS, LONGEST_TYPED, Channel

_LINK = re.compile(r"\w+://|\bwww\.|\b(?:javascript|data|mailto|tel):", re.IGNORECASE)
# What stands for a value while what else is said is looked at: a letter, so that it is part of a sentence.
_IN_PLACE = "X"


class Words(msgspec.Struct, frozen=True):
    """A subject, or a product's title, and what is said, in Liquid; without a subject where the way has none."""

    subject: str
    wording: str


class Unfit(Refused):
    """Words that are not to be shared like this."""


def require_fit(*, channel: str, words: Words, values: Mapping[str, str]) -> None:
    """Nothing, when ``words`` may be shared by ``channel`` with ``values``. Raises Refusals, all that is wrong."""
    if faults := [*_faults(CHANNELS[channel], words, values)]:
        raise Refusals(faults)


def fits(*, channel: str, words: Words, values: Mapping[str, str]) -> bool:
    """Whether ``words`` may be shared with today's ``values``."""
    return next(_faults(CHANNELS[channel], words, values), None) is None


def filled(words: Words, values: Mapping[str, str]) -> Words:
    """``words`` as they are read. Raises Unfillable."""
    subject = " ".join(filling.fill(words.subject, values).split())
    return Words(subject, filling.fill(words.wording, values).strip())


def _faults(channel: Channel, words: Words, values: Mapping[str, str]) -> Iterator[Refused]:
    """What is wrong, field by field; what cannot be read is not looked at any closer."""
    typed = {"wording": words.wording} | ({"subject": words.subject} if channel.longest_subject else {})
    readable = True
    for field, said in typed.items():
        for fault in _unreadable(field, said, values):
            readable = False
            yield fault
            break
    if not readable:
        return
    try:
        read, bare = filled(words, values), filled(words, dict.fromkeys(values, ""))
        spoken = filled(words, {name: _IN_PLACE if value else "" for name, value in values.items()})
    except Unfillable:
        yield BadWords("errors.messages.words.unreadable", field="wording", line=1)
        return
    yield from _long(channel, read)
    for field, texts in (("subject", [spoken.subject, bare.subject]), ("wording", [spoken.wording, bare.wording])):
        yield from _refused(field, texts)
    if channel.speaks:
        yield from _missing(channel, read.wording, spoken.wording, values)


def _unreadable(field: str, said: str, values: Mapping[str, str]) -> Iterator[Refused]:
    if not said.strip():
        yield BadWords("errors.forms.missing", field=field)
    if len(said) > LONGEST_TYPED:
        yield BadWords("errors.messages.words.too_long", field=field, longest=LONGEST_TYPED)
        return
    try:
        filling.check(said, values=values, field=field)
    except BadWords as fault:
        yield fault


def _long(channel: Channel, read: Words) -> Iterator[Refused]:
    for field, said, longest in (
        ("subject", read.subject, channel.longest_subject),
        ("wording", read.wording, channel.longest),
    ):
        if longest and len(said) > longest:
            yield Unfit("errors.share.long", field=field, longest=longest, length=len(said))


def _refused(field: str, read: Sequence[str]) -> Iterator[Refused]:
    """Pressure, promises, amounts and links of one's own, each told once with the word that gave it away."""
    said = [letters.visible(text) for text in read]
    if any(_LINK.search(text) for text in said):
        yield Unfit("errors.share.link_typed", field=field)
    for name, pattern in _patterns().items():
        if name in ("pressure", "promise", "amount"):
            found = next((match[0].strip() for text in said if (match := pattern.search(text))), None)
            if found is not None:
                yield Unfit(f"errors.share.{name}", field=field, word=found)


def _missing(channel: Channel, read: str, spoken: str, values: Mapping[str, str]) -> Iterator[Refused]:
    if values["link"] not in read:
        yield Unfit("errors.share.no_link", field="wording")
    patterns, plain = _patterns(), letters.visible(spoken)
    if values["reward"] and not (patterns["earns"].search(plain) and values["reward"] in read):
        yield Unfit("errors.share.no_disclosure", field="wording")
    if channel.public and not patterns["labelled"].search(plain):
        yield Unfit("errors.share.no_label", field="wording")
    if not channel.public and not patterns["only"].search(plain):
        yield Unfit("errors.share.no_choice", field="wording")


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    told = tomllib.loads(resources.files("leumund.referrals.share_kit").joinpath("sayings.toml").read_text("utf-8"))
    lists: dict[str, list[str]] = {**told.pop("refused"), **told}
    return {
        name: re.compile("|".join(f"(?:{each})" for each in each_of), re.IGNORECASE) for name, each_of in lists.items()
    }
