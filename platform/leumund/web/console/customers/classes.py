"""``/console/segments/classes``: what each class brings in, by which rule, and who moved from one to another."""

from collections.abc import Collection
from typing import Any, NamedTuple

from litestar import Controller, Request, Response, get, post
from litestar.response import Redirect

from leumund.customers.segments import sparing
from leumund.customers.segments.sparing import Rule
from leumund.kit import clock
from leumund.kit.faults import Refusals
from leumund.segmenting import ranking, rules
from leumund.segmenting.ranking import Figure
from leumund.staff.members import Member
from leumund.surveys import rules as surveys
from leumund.web import forms, saying
from leumund.web.console import entering
from leumund.web.console.customers import segments
from leumund.web.forms import UNTRIED, Tried

_DONE = ("set",)


class Currency(NamedTuple):
    """The classes of one currency, what they bring in together, and whose figures are not about too few.

    Of two classes the other one's figures would tell a small one's, so the next larger is not ``shown`` either.
    """

    code: str
    classes: list[Figure]
    cents: int
    shown: Collection[str]


class ClassController(Controller):
    """The figures and the rule, and setting it."""

    path = "/segments/classes"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        who = await entering.member(request, segments.SEE)
        return await _page(request, who, forms.done(request, _DONE))

    @post(status_code=200)
    async def settle(self, request: Request[Any, Any, Any]) -> Response[str] | Redirect:
        """From the next night on; class by class, and nobody is told."""
        who, sent = await entering.member(request, segments.MANAGE), await forms.filled(request)
        a_percent, b_percent, months = (
            forms.whole(sent, name, otherwise=-1) for name in ("a_percent", "b_percent", "months")
        )
        spares = forms.ticked(sent, "spares_c")
        rule = Rule(months=months, a_percent=a_percent, b_percent=b_percent, spares_c=spares)
        try:
            async with entering.inside(request):
                await sparing.settle(rule=rule, actor=who.actor, at=clock.now())
        except Refusals as fault:
            return await _page(request, who, forms.refused(sent, fault, entering.language(request)))
        return entering.redirect(request, f"{segments.HERE}/classes?done=set")


async def _page(request: Request[Any, Any, Any], who: Member, tried: Tried = UNTRIED) -> Response[str]:
    """Three queries, however many customers there are."""
    say = await saying.here(request)
    async with entering.reading(request):
        rule = await sparing.rule()
        figures = await ranking.figures()
        changes = await ranking.changes() if who.may("customers.see") else None
    before = {name: str(getattr(rule, name)) for name in ("months", "a_percent", "b_percent")}
    spares = tried.sent.get("spares_c", "") if tried.errors else "yes" if rule.spares_c else ""
    return await entering.page(
        request,
        who,
        "console_classes.html",
        say=say,
        rule=rule,
        currencies=_by_currency(figures),
        changes=changes,
        least=surveys.LEAST_CELL,
        **tried.shown(**before, spares_c=spares),
    )


def _by_currency(figures: list[Figure]) -> list[Currency]:
    codes = dict.fromkeys(figure.currency for figure in figures)
    classes = ([figure for figure in figures if figure.currency == code] for code in codes)
    return [_currency(of) for of in classes]


def _currency(of: list[Figure]) -> Currency:
    shown, _ = rules.cells({figure.letter: figure.customers for figure in of}, least=surveys.LEAST_CELL)
    return Currency(of[0].currency, of, sum(figure.cents for figure in of), shown)
