"""How a survey's loyalty index is made: what each of its four answers counts, and the cut-offs."""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from leumund.kit import clock
from leumund.staff.members import Member
from leumund.surveys.figures import loyalty, ruling
from leumund.surveys.figures.loyalty import BadRule, Rule
from leumund.web import forms
from leumund.web.console import entering
from leumund.web.console.surveys import survey_results
from leumund.web.forms import UNTRIED, Tried

_NAMES = Rule.__struct_fields__


class SurveyRuleController(Controller):
    """``/console/surveys/results/<key>/loyalty``."""

    path = "/surveys/results/{key:str}/loyalty"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get()
    async def form(self, request: Request[Any, Any, Any], key: FromPath[str]) -> Response[str]:
        return await _form(request, await entering.member(request, survey_results.RULE), key)

    @post(status_code=200)
    async def settle(self, request: Request[Any, Any, Any], key: FromPath[str]) -> Response[Any]:
        who, sent = await entering.member(request, survey_results.RULE), await forms.filled(request)
        try:
            async with entering.inside(request):
                await survey_results.known(key)
                await ruling.settle(key=key, rule=_rule(sent), actor=who.actor, at=clock.now())
        except BadRule as fault:
            return await _form(request, who, key, forms.refused(sent, fault, entering.language(request)))
        return entering.redirect(request, f"/console/surveys/results/{key}")


async def _form(request: Request[Any, Any, Any], who: Member, key: str, tried: Tried = UNTRIED) -> Response[str]:
    async with entering.reading(request):
        asked, rule = await survey_results.known(key), await ruling.rule(key=key)
    return await entering.page(
        request,
        who,
        "console_results_rule.html",
        asked=asked,
        questions=loyalty.QUESTIONS,
        **tried.shown(**{name: str(value) for name, value in msgspec.structs.asdict(rule).items()}),
    )


def _rule(sent: Mapping[str, str]) -> Rule:
    """What the form says; what is no whole number is off every scale. Raises BadRule."""
    rule = Rule(**{name: _whole(sent.get(name, "")) for name in _NAMES})
    loyalty.require(rule)
    return rule


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 3 else -1
