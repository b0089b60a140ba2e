"""Phrase what is shared where the company has no words of its own, or none that fit what is given today."""

from collections.abc import Mapping

from leumund.kit import language as languages
from leumund.referrals.share_kit import linting
from leumund.referrals.share_kit.channels import CHANNELS, FIELDS
from leumund.referrals.share_kit.linting import Words

_PLACES = {name: f"{{{{ {name} }}}}" for name in FIELDS}


def ours(*, channel: str, language: str, values: Mapping[str, str]) -> Words:
    """Our own words, with places for what they name; what nobody gets is not named."""

    def say(part: str) -> str:
        return languages.text(f"share.{part}", language, **_PLACES)

    if not CHANNELS[channel].speaks:
        return Words(say("print.title"), say("print.lead" if values["friend_reward"] else "print.lead_plain"))
    whole = [say(f"{channel}.begin" if channel in ("letter", "social") else "begin")]
    whole += [say("friend")] if values["friend_reward"] else []
    whole += [say("advocate")] if values["reward"] else []
    whole += [] if CHANNELS[channel].public else [say("only")]
    end = _PLACES["link"]
    if channel == "letter":
        end = say("letter.end" if values["code"] else "letter.end_plain")
    return Words(say("subject"), f"{' '.join(whole)}\n{end}")


def said(*, channel: str, language: str, own: Words | None, values: Mapping[str, str]) -> Words:
    """What the person shares by ``channel``, filled in: the company's ``own`` words where they fit today, else ours."""
    if own is not None and linting.fits(channel=channel, words=own, values=values):
        return linting.filled(own, values)
    return linting.filled(ours(channel=channel, language=language, values=values), values)
