"""How a company looks after people: which answers open a follow-up, by when, and whose it is."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.response import Redirect

from leumund.company import describing
from leumund.kit import clock
from leumund.kit.faults import Refusals
from leumund.staff.members import Member
from leumund.surveys.caring import arranging, rules
from leumund.surveys.caring.arranging import Arrangement
from leumund.surveys.caring.rules import Deadline
from leumund.surveys.questions.moods import MOODS, Mood
from leumund.web import forms
from leumund.web.console import entering
from leumund.web.console.customers import care
from leumund.web.forms import UNTRIED, Tried

_DONE = ("saved",)
# Whoever is nobody's id is nobody who may work on follow-ups, and is told so.
_NOBODY = UUID(int=0)


class CareSettingController(Controller):
    """``/console/care/settings``."""

    path = "/care/settings"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        who = await entering.member(request, care.MANAGE)
        return await _page(request, who, forms.done(request, _DONE))

    @post(status_code=200)
    async def change(self, request: Request[Any, Any, Any]) -> Response[str] | Redirect:
        who, sent = await entering.member(request, care.MANAGE), await forms.filled(request)
        wanted = Arrangement(
            deadlines={mood: _deadline(sent, mood) for mood in MOODS},
            owner=_owner(sent.get("owner", "")),
        )
        try:
            async with entering.inside(request):
                await arranging.arrange(wanted=wanted, actor=who.actor, at=clock.now())
        except Refusals as fault:
            return await _page(request, who, forms.refused(sent, fault, entering.language(request)))
        return entering.redirect(request, f"{care.HERE}/settings?done=saved")


def _deadline(sent: Mapping[str, str], mood: Mood) -> Deadline:
    unit = next((each for each in rules.UNITS if each == sent.get(f"unit_{mood}")), rules.OURS[mood].unit)
    return Deadline(opens=forms.ticked(sent, f"opens_{mood}"), amount=forms.whole(sent, f"amount_{mood}"), unit=unit)


def _owner(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return _NOBODY


async def _page(request: Request[Any, Any, Any], who: Member, tried: Tried = UNTRIED) -> Response[str]:
    async with entering.reading(request):
        arranged = await arranging.arrangement()
        able = await arranging.able()
        region = (await describing.profile()).region
    return await entering.page(
        request,
        who,
        "console_care_settings.html",
        arranged=arranged,
        able=able,
        moods=MOODS,
        units=rules.UNITS,
        region=region,
        **tried.shown(),
    )
