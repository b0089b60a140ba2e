"""The rewards of a program's draft: listed in words, and each with a form that asks what for, how much and for whom."""

from typing import Any

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from leumund.kit import language as languages
from leumund.programs import drafting, publishing, telling
from leumund.programs.drafting import ProgramUnknown
from leumund.programs.offers import Rule, Terms
from leumund.web import forms, saying
from leumund.web.console import entering
from leumund.web.console.offer import program_forms, program_pages
from leumund.web.console.offer.program_forms import COUNTS, KINDS, SIDES, TIMES, TRIGGERS, WORTHS
from leumund.web.console.offer.program_pages import WRITE
from leumund.web.console.offer.program_reading import Reading
from leumund.web.forms import UNTRIED, Tried

# The address of a reward that is being added.
_NEW = "new"
_BEGUN = {
    "side": "advocate",
    "kind": "credit",
    "trigger": "purchase",
    "worth": "sum",
    "times": "first",
    "counts": "any",
}


class ProgramRewardController(Controller):
    """``/console/program/<program>/draft/rewards``."""

    path = "/program/{program:str}/draft/rewards"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get()
    async def browse(self, request: Request[Any, Any, Any], program: FromPath[str]) -> Response[str]:
        return await _list(request, program, forms.done(request, ("kept", "removed")))

    @get("/{reward:str}")
    async def show(
        self, request: Request[Any, Any, Any], program: FromPath[str], reward: FromPath[str]
    ) -> Response[str]:
        return await _form(request, program, reward)

    @post("/{reward:str}", status_code=200)
    async def keep(
        self, request: Request[Any, Any, Any], program: FromPath[str], reward: FromPath[str]
    ) -> Response[Any]:
        def by(terms: Terms, read: Reading) -> Terms:
            rules = _others(terms, reward)
            kept = program_forms.ruled("" if reward == _NEW else reward, read)
            return msgspec.structs.replace(terms, rules=publishing.keyed([*rules, kept]))

        async def again(tried: Tried) -> Response[str]:
            return await _form(request, program, reward, tried)

        return await program_pages.change(request, program, by, onward="draft/rewards?done=kept", again=again)

    @post("/{reward:str}/removal", status_code=200)
    async def remove(
        self, request: Request[Any, Any, Any], program: FromPath[str], reward: FromPath[str]
    ) -> Response[Any]:
        def by(terms: Terms, _: Reading) -> Terms:
            return msgspec.structs.replace(terms, rules=_others(terms, reward))

        async def again(tried: Tried) -> Response[str]:
            return await _list(request, program, tried)

        return await program_pages.change(request, program, by, onward="draft/rewards?done=removed", again=again)


def _others(terms: Terms, reward: str) -> list[Rule]:
    """All rules but this one. Raises ProgramUnknown where there is none by this key."""
    rules = publishing.keyed(terms.rules)
    if reward != _NEW and all(rule.key != reward for rule in rules):
        raise ProgramUnknown("errors.programs.unknown")
    return [rule for rule in rules if rule.key != reward]


async def _list(request: Request[Any, Any, Any], program: str, tried: Tried) -> Response[str]:
    who, say = await entering.member(request, WRITE), await saying.here(request)
    async with entering.reading(request):
        terms = (await drafting.in_work(key=program)).terms
    rules = publishing.keyed(terms.rules)
    sides = {side: program_pages.told(telling.rules_of(rules, side), terms, say) for side in SIDES}
    return await program_pages.step(request, who, program, "rewards", tried, sides=sides)


async def _form(request: Request[Any, Any, Any], program: str, reward: str, tried: Tried = UNTRIED) -> Response[str]:
    who, say = await entering.member(request, WRITE), await saying.here(request)
    async with entering.reading(request):
        terms = (await drafting.in_work(key=program)).terms
    others = _others(terms, reward)
    rule = next((each for each in publishing.keyed(terms.rules) if each.key == reward), None)
    typed = program_forms.rule_typed(rule, terms, say) if rule else _BEGUN | {"side": _fewer(others)}
    return await program_pages.step(
        request,
        who,
        program,
        "reward",
        tried,
        reward=reward,
        rule=rule,
        said=telling.whole(rule, program_pages.speech(terms, say)) if rule else "",
        typed=typed,
        spoken_kinds=[(each, languages.text(f"programs.kind.{each}", say.lang)) for each in KINDS],
        among={"side": SIDES, "kind": KINDS, "trigger": TRIGGERS, "worth": WORTHS, "times": TIMES, "counts": COUNTS},
    )


def _fewer(rules: list[Rule]) -> str:
    """The side that has fewer rewards yet: the next one is probably for it."""
    return min(SIDES, key=lambda side: sum(rule.side == side for rule in rules))
