"""A link to give away, and the ways a person's own device sends it; we send nothing to anybody's friends."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote, urlencode
from uuid import UUID

from leumund.programs import offering
from leumund.programs.offers import Offer
from leumund.referrals import sharing
from leumund.referrals.codes import keeping
from leumund.referrals.codes.keeping import Code
from leumund.referrals.share_kit import phrasing, wording
from leumund.referrals.share_kit.channels import CHANNELS
from leumund.referrals.share_kit.linting import Words
from leumund.referrals.sharing import Link
from leumund.web.public import offers

# Ways whose words the folder's share_text stands for where the company worded none of its own in the console.
_PLAIN = ("whatsapp", "mail", "plain")


class Shared(NamedTuple):
    """Whose link is shared: the first name, its address, and the code to be said, empty where there is none."""

    name: str
    link: str
    code: str


class Kit(NamedTuple):
    """All that an advocate shares with: the offer, the link's ``own`` address, which never changes, and every code.

    ``words`` are the company's, by way; ``shared`` holds the address that is shown, of a code they chose if any.
    """

    offer: Offer
    own: str
    shared: Shared
    codes: Sequence[Code]
    words: Mapping[str, Words]


class Way(NamedTuple):
    """One way of sharing: what is said, and the address that opens it on the person's own device, or empty."""

    channel: str
    subject: str
    wording: str
    opens: str


def values(offer: Offer, shared: Shared, *, company: str, language: str, at: datetime) -> dict[str, str]:
    """All that words can name, as it is at ``at``."""
    promises = {side: offers.promised(offer, side=side, language=language, at=at) for side in ("advocate", "friend")}
    advocate, friend = promises["advocate"], promises["friend"]
    return {
        "company": company,
        "name": shared.name,
        "reward": advocate.whole if advocate else "",
        "friend_reward": friend.whole if friend else "",
        "link": shared.link,
        "code": shared.code,
    }


async def kit_of(*, customer: UUID, name: str, language: str, at: datetime) -> Kit | None:
    """What ``customer``, called ``name``, shares with; None where nothing runs, or they take no part in it.

    Four queries, and one more for each program that runs and that they have no link in.
    """
    for offer in await offering.running(at=at):
        link = await sharing.standing(customer=customer, program=offer.id)
        if link is not None:
            return await _kit(offer, link, name, language)
    return None


async def _kit(offer: Offer, link: Link, name: str, language: str) -> Kit:
    codes = await keeping.codes(link=link.id)
    chosen = next((each.spelled for each in codes if each.kind == "chosen" and each.taken_down_at is None), "")
    spoken = next((each.spelled for each in codes if each.kind == "spoken"), "")
    return Kit(
        offer=offer,
        own=sharing.address(link.code),
        shared=Shared(name, sharing.address(chosen or link.code), spoken),
        codes=codes,
        words=await wording.current(program=offer.id, language=language),
    )


def ways(kit: Kit, *, company: str, language: str, at: datetime) -> dict[str, Way]:
    """Every way a person speaks by, with the company's own words where they fit today, else its folder's, or ours."""
    told = values(kit.offer, kit.shared, company=company, language=language, at=at)
    found = {}
    for channel in (name for name, way in CHANNELS.items() if way.speaks):
        said = said_by(channel, kit.offer, told, language=language, own=kit.words.get(channel))
        found[channel] = Way(channel, said.subject, said.wording, _opens(channel, said))
    return found


def said_by(channel: str, offer: Offer, values: Mapping[str, str], *, language: str, own: Words | None = None) -> Words:
    """What ``channel`` says, filled in: the company's ``own`` words if they fit, else the program's, or ours."""
    said = phrasing.said(channel=channel, language=language, own=own, values=values)
    plain = offer.text("share_text", language)
    if own is None and plain and channel in _PLAIN:
        return Words(said.subject, f"{plain}\n{values['link']}")
    return said


def _opens(channel: str, said: Words) -> str:
    """Nothing of it reaches us: the device opens its own program, and who it goes to is chosen there."""
    if channel == "mail":
        # A mailto address takes %20 and no plus (RFC 6068).
        return f"mailto:?{urlencode({'subject': said.subject, 'body': said.wording}, quote_via=quote)}"
    if channel == "sms":
        # RFC 5724 has ?body=, and one maker's phones &body=: both read this.
        return f"sms:?&body={quote(said.wording)}"
    return f"https://wa.me/?text={quote(said.wording)}" if channel == "whatsapp" else ""
