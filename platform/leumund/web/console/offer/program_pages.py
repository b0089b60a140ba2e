"""What the pages of one program share: where they stand, who may change it, and how a change of its draft is taken."""

from collections.abc import Callable, Mapping
from typing import Any

from litestar import Request, Response

from leumund.kit import clock, language
from leumund.kit.faults import Refusals, Refused, Unknown
from leumund.programs import drafting, issuing, judging, telling
from leumund.programs.drafting import InWork
from leumund.programs.judging import Objection
from leumund.programs.offers import Rule, Terms
from leumund.programs.telling import Speech
from leumund.staff.members import Member
from leumund.web import dressing, forms, saying
from leumund.web.console import entering
from leumund.web.console.offer import program_words
from leumund.web.console.offer.program_reading import Reading
from leumund.web.forms import Tried
from leumund.web.saying import Saying

PATH, SEE, WRITE = "/console/program", "program.see", "program.manage"
# The field by which a form tells which state of the draft it was made from.
SEEN = "seen"
STEPS = ("basics", "people", "rewards", "limits", "words")
Again = Callable[[Tried], Any]
_OF_PEOPLE = ("countries", "minimum_age", "audience")


def steps(work: InWork) -> list[str]:
    """The steps of a draft; the frame of a program that is published is set on its own page."""
    return [step for step in STEPS if step != "basics" or work.offer is None]


def speech(terms: Terms, say: Saying) -> Speech:
    return telling.of(terms, language=say.lang, zone=say.zone.key)


def told(rules: list[Rule], terms: Terms, say: Saying) -> list[tuple[Rule, str, list[str]]]:
    """Rules with what each gives and what it takes, in words."""
    spoken = speech(terms, say)
    return [(rule, telling.worth(rule, spoken), telling.conditions(rule, spoken, fully=True)) for rule in rules]


async def change(
    request: Request[Any, Any, Any],
    program: str,
    by: Callable[[Terms, Reading], Terms],
    *,
    onward: str,
    again: Again,
) -> Response[Any]:
    """Keep what ``by`` makes of the form and go ``onward``; else the page ``again`` with what is wrong."""
    who, sent = await entering.member(request, WRITE), await forms.filled(request)
    say = await saying.here(request)
    try:
        async with entering.inside(request):
            work = await drafting.in_work(key=program)
            read = Reading(sent, say, work.terms.currency)
            terms = by(work.terms, read)
            read.require()
            await drafting.change(
                key=program, seen=sent.get(SEEN, ""), by=lambda _: terms, member=who.id, at=clock.now()
            )
    except Unknown:
        raise
    except (Refused, Refusals) as fault:
        answer: Response[Any] = await again(forms.refused(sent, fault, say.lang))
        return answer
    return entering.redirect(request, f"{PATH}/{program}/{onward}")


async def step(
    request: Request[Any, Any, Any], who: Member, program: str, name: str, tried: Tried, **more: Any
) -> Response[str]:
    """One step of a draft, with what is wrong with it. Four queries and those of ``more``."""
    say, profile = await saying.here(request), (await dressing.dress_of(request)).profile
    async with entering.reading(request):
        work = await drafting.in_work(key=program)
        wrong = await issuing.objections(work)
    return await entering.page(
        request,
        who,
        f"console_program_{name}.html",
        say=say,
        work=work,
        title=program_words.title(work.terms, say.lang),
        step=name,
        steps=steps(work),
        tongues=profile.languages,
        wrongs=wrongs(wrong, say.lang),
        faults=counted(wrong),
        **more,
        **shown(tried, more.get("typed") or {}),
    )


def shown(tried: Tried, typed: Mapping[str, str]) -> dict[str, Any]:
    """A box that was not sent was left empty; everything else holds what stood there."""
    return tried.shown() if tried.sent else tried.shown(**typed)


def wrongs(objections: list[Objection], lang: str) -> dict[str, str]:
    """What is wrong, in words by field; the first thing of each."""
    said: dict[str, str] = {}
    for each in objections:
        said.setdefault(each.field or "form", language.text(each.key, lang, **each.values))
    return said


def counted(objections: list[Objection]) -> dict[str, int]:
    """How much is wrong by the step it is mended in."""
    found: dict[str, int] = {}
    for each in objections:
        found[place(each)] = found.get(place(each), 0) + 1
    return found


def place(objection: Objection) -> str:
    """The step in which ``objection`` is mended."""
    field = objection.field or ""
    if field.startswith("rules"):
        return "rewards"
    if field.startswith("caps"):
        return "limits"
    if field in _OF_PEOPLE:
        return "people"
    return "words" if "_" in field and field.rpartition("_")[0] in judging.TEXTS else "basics"
