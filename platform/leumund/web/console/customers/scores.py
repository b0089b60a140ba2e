"""Advocate scores: whom one could ask first, and how a score comes about; nothing is done by either page."""

from typing import Any, NamedTuple

from litestar import Controller, Request, Response, get

from leumund.scoring import keeping, learned, listing, open_model, rules, serving, telling, training
from leumund.scoring.facts import Averages
from leumund.scoring.keeping import Pass
from leumund.web import dressing, paging, saying
from leumund.web.console import entering

RIGHT = "scores.see"
# What a page of the list tells of why; the rest is on the person's own.
_REASONS = 3


class Reach(NamedTuple):
    """How far one kind of evidence moves a score, in points."""

    key: str
    low: float
    high: float


class ScoreController(Controller):
    """``/console/scores``, an order to invite in, and ``/console/scores/model``."""

    path = "/scores"

    @get()
    async def order(self, request: Request[Any, Any, Any]) -> Response[str]:
        who, say = await entering.member(request, RIGHT), await saying.here(request)
        async with entering.reading(request):
            page = await listing.order(after=paging.after(request), limit=paging.ROWS)
            scored, free = await listing.counts()
        return await entering.page(
            request,
            who,
            "console_scores.html",
            say=say,
            people=page.rows,
            most_reasons=_REASONS,
            signed=telling.signed,
            ways=paging.onward(request, page),
            scored=scored,
            free=free,
        )

    @get("/model")
    async def model(self, request: Request[Any, Any, Any]) -> Response[str]:
        who, say = await entering.member(request, RIGHT), await saying.here(request)
        async with entering.reading(request):
            beside = await keeping.current()
            serves = await serving.serving(averages=beside.averages if beside else Averages())
            versions = await training.versions()
        return await entering.page(
            request,
            who,
            "console_score_model.html",
            say=say,
            beside=beside,
            weights=_weights(),
            prior=rules.PRIOR,
            average=_average(beside),
            open=open_model.VERSION,
            version=serves.version,
            reach=_reach(serves.learned) if serves.learned else [],
            versions=versions,
            serving=next((each for each in versions if each.version == serves.version), None),
            logic=telling.logic(serves.version, language=say.lang),
            signed=telling.signed,
            currency=(await dressing.dress_of(request)).profile.currency,
        )


def _weights() -> list[dict[str, Any]]:
    """What counts how much in the open model, and after how many days half as much."""
    fading = dict.fromkeys(rules.SAID, rules.ANSWER_HALF_LIFE_DAYS)
    fading |= dict.fromkeys((rules.REFERRED, rules.CONVERTED), rules.DEED_HALF_LIFE_DAYS)
    return [{"key": kind.key, "weight": kind.weight, "years": round(fading.get(kind, 0) / 365)} for kind in rules.KINDS]


def _average(beside: Pass | None) -> dict[str, Any] | None:
    if beside is None:
        return None
    told = beside.averages
    return {
        "mean": rules.rounded(100 * told.mean),
        "years": told.tenure_days / 365.25,
        "purchases": told.purchases,
        "cents": round(told.revenue_cents),
        "at": beside.averages_at,
    }


def _reach(model: learned.Learned) -> list[Reach]:
    found = [Reach(key, low, high) for key, (low, high) in learned.reach(model).items()]
    return sorted(found, key=lambda each: each.low - each.high)
