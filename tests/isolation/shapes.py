"""What another company has of every shape a parameter can have, each beside one of the same shape that nobody has."""

import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime
from random import Random
from string import ascii_lowercase, digits
from typing import NamedTuple
from uuid import uuid4

from leumund.kit import clock
from leumund.referrals import stamping
from leumund.referrals.stamping import Click
from leumund.tenancy.deployment import Deployment
from leumund.theming import looks
from leumund.web.public import landing, serving, wordings
from tests.isolation import shared
from tests.isolation.two_companies import Side

_RANDOM = Random()
_API = {"customer": "cus", "referral": "ref", "reward": "rew", "conversion": "cnv", "payout": "pay"}
_WORDS = ("external_id", "order", "key_name", "email", "purpose")


class Pair(NamedTuple):
    """A value of theirs, and one as long that is nobody's; of an id, the ``table`` whose row it is."""

    theirs: str
    nobodys: str
    table: str = ""


async def of(deployment: Deployment, theirs: Side) -> Mapping[str, list[Pair]]:
    """By shape, every value of ``theirs`` that somebody elsewhere could try."""
    at = clock.now()
    words = [_like(theirs.words[name]) for name in _WORDS]
    emails = [_like(theirs.words[name]) for name in ("email", "staff_email")]
    form_token = await _form(deployment, theirs, at=at)
    followed = Click(link=theirs.ids["share_link"][0], at=at)
    click = stamping.stamp(click=followed, vault=deployment.scopes.vault(theirs.tenant))
    return {
        "uuid": [Pair(str(rows[0]), str(uuid4()), table) for table, rows in theirs.ids.items()],
        "api_id": [Pair(f"{kind}_{theirs.ids[each][0].hex}", f"{kind}_{uuid4().hex}") for each, kind in _API.items()],
        "api_text": [Pair(f"txt_{each.hex}", f"txt_{uuid4().hex}") for each in theirs.ids["consent_text"]],
        "token": [Pair(token, _forged(token)) for token in theirs.signed.values()],
        # A link's own, and one that was chosen for it.
        "code": [Pair(theirs.words["code"], _scrambled(theirs.words["code"])), _like(shared.chosen(theirs.marker))],
        "place_code": [Pair(theirs.words["place_code"], _scrambled(theirs.words["place_code"]))],
        "cursor": [Pair(_cursor(str(one), at), _cursor(str(uuid4()), at)) for one in theirs.ids["customer"]],
        "word": words[:2],
        "plain": [Pair(str(theirs.ids["customer"][0]), str(uuid4()))],
        "search": [_like(theirs.marker), *words],
        "email": emails,
        "domain": [_like(f"{theirs.marker}.example")],
        "order": [_like(theirs.words["small_order"])],
        "purpose": [_like(theirs.words["purpose"])],
        "survey_key": [_like(theirs.words["survey_key"])],
        "text_name": [_like(theirs.words["text_name"])],
        "slug": [Pair(theirs.tenant.slug, _scrambled(theirs.tenant.slug))],
        "sealed": [Pair(theirs.words["kept"], _forged(theirs.words["kept"]))],
        "form_token": [Pair(form_token, _forged(form_token))],
        "click": [Pair(click, _forged(click))],
    }


async def _form(deployment: Deployment, side: Side, *, at: datetime) -> str:
    """What the form behind their share link carries."""
    form = serving.Form(key=landing.PURPOSE, template="landing.html", url="/r", about=side.words["code"])
    async with deployment.scopes.reading(side.tenant):
        shown = await wordings.shown(language="de")
        return serving.Serving(form, shown, looks.nobodys(), "de").token({}, at=at)


def _like(text: str) -> Pair:
    """The same with another marker, or whatever else is long enough to be somebody's."""
    return Pair(text, re.sub("[a-z0-9]{8,}", lambda found: _scrambled(found[0]), text))


def _cursor(row: str, at: datetime) -> str:
    return urlsafe_b64encode(f"{at.isoformat()}|{row}".encode()).decode()


def _scrambled(text: str) -> str:
    """Other letters and digits in the same places."""
    kinds = (ascii_lowercase, ascii_lowercase.upper(), digits)
    return "".join(_RANDOM.choice(next((kind for kind in kinds if each in kind), each)) for each in text)


def _forged(text: str) -> str:
    return text[:-12] + _scrambled(text[-12:])
