"""Stamp a click, so that whoever comes on from it can show which link led them, when, and in which campaign.

The token names the link and never who followed it. It travels in addresses and forms alone, nothing is stored on a
device, and at another company it says nothing. Whoever reads it says how old it may be: half an hour for a form, a
program's time for attribution for what a shop reports.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec

from leumund.kit import tokens
from leumund.kit.tokens import BadToken
from leumund.kit.vaults import Vault

PURPOSE = "click"
# As long as a form may stay open.
FORM = timedelta(minutes=30)
# No program gives a purchase longer than this to follow a click.
LONGEST = timedelta(days=366)
# A token may be made by a machine whose clock is a little ahead of ours.
_AHEAD = timedelta(minutes=1)
# What is longer was not made here, and is not looked at.
MOST_CHARACTERS = 256


class Click(msgspec.Struct, frozen=True, kw_only=True):
    """That ``link`` was followed ``at`` a moment, to the second; ``campaign`` is a key of the company's, or empty."""

    link: UUID
    at: datetime
    campaign: str = ""


def stamp(*, click: Click, vault: Vault | None = None) -> str:
    """The token that shows ``click``, by the keys of ``vault`` or else of the open company; safe in an address."""
    moment = int(click.at.timestamp())
    payload = f"{urlsafe_b64encode(click.link.bytes).decode()}.{moment}.{click.campaign}"
    ttl_seconds = int(LONGEST.total_seconds())
    return tokens.sign_until(PURPOSE, payload, at=click.at, ttl_seconds=ttl_seconds, vault=vault)


def read(*, token: str, within: timedelta, at: datetime) -> Click:
    """The click of a token that is no older than ``within``. Raises BadToken."""
    if len(token) > MOST_CHARACTERS:
        raise BadToken(PURPOSE)
    link, moment, campaign = tokens.read_until(PURPOSE, token, at=at).split(".")
    clicked_at = datetime.fromtimestamp(int(moment), UTC)
    if not -_AHEAD <= at - clicked_at <= within:
        raise BadToken(PURPOSE)
    return Click(link=UUID(bytes=urlsafe_b64decode(link)), at=clicked_at, campaign=campaign)
