"""The draft of a survey: its title and introduction, its questions in their order, and what is wrong with each."""

from collections.abc import Callable, Sequence
from typing import Any, get_args

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from leumund.kit import clock, language
from leumund.kit.faults import Refused, Unknown
from leumund.staff.members import Member
from leumund.surveys.questions import checking, editing, judging, telling
from leumund.surveys.questions.checking import Objection
from leumund.surveys.questions.defining import Definition, Question
from leumund.surveys.questions.kinds import Kind
from leumund.surveys.studio import drafting, issuing
from leumund.surveys.studio.drafting import InWork, SurveyUnknown
from leumund.web import dressing, forms, saying
from leumund.web.console import entering
from leumund.web.console.surveys import survey_forms
from leumund.web.console.surveys.survey_studio import PATH, SEEN, WRITE
from leumund.web.forms import Tried

KINDS: tuple[Kind, ...] = get_args(Kind)
_DONE = ("kept", "added", "removed", "moved", "followed")
Change = Callable[[InWork], tuple[Definition, bool]]


class SurveyDraftController(Controller):
    """``/console/surveys/studio/<survey>/draft``: kept right or wrong; the page says what is wrong."""

    path = "/surveys/studio/{survey:str}/draft"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get()
    async def show(self, request: Request[Any, Any, Any], survey: FromPath[str]) -> Response[str]:
        who = await entering.member(request, WRITE)
        return await _page(request, who, survey, forms.done(request, _DONE))

    @post("/title", status_code=200)
    async def keep(self, request: Request[Any, Any, Any], survey: FromPath[str]) -> Response[Any]:
        languages = (await dressing.dress_of(request)).profile.languages
        sent = await forms.listed(request)

        def by(work: InWork) -> tuple[Definition, bool]:
            return survey_forms.titled(work.definition, sent, languages=languages), _is_named(work, sent)

        return await _changed(request, survey, by, "kept")

    @post("/additions", status_code=200)
    async def add(self, request: Request[Any, Any, Any], survey: FromPath[str]) -> Response[Any]:
        """An empty question of the chosen kind, opened to be written."""
        who, sent = await entering.member(request, WRITE), await forms.filled(request)
        added: list[Question] = []

        def by(work: InWork) -> tuple[Definition, bool]:
            kind = forms.chosen(sent, "kind", KINDS, fault="errors.studio.kind")
            if len(work.definition.questions) >= checking.MOST_QUESTIONS:
                raise Objection("too_many", "kind", most=checking.MOST_QUESTIONS)
            definition, question = editing.added(work.definition, kind)
            if sum(one.key == question.key for one in definition.questions) > 1:
                raise Objection("asked_once", "kind")
            added.append(question)
            return definition, work.named

        try:
            async with entering.inside(request):
                seen, at = sent.get(SEEN, ""), clock.now()
                await drafting.change(key=survey, seen=seen, by=by, member=who.id, at=at)
        except Unknown:
            raise
        except Refused as fault:
            return await _page(request, who, survey, forms.refused(sent, fault, entering.language(request)))
        return entering.redirect(request, f"{PATH}/{survey}/draft/questions/{added[-1].key}?done=added")

    @post("/followups", status_code=200)
    async def follow_up(self, request: Request[Any, Any, Any], survey: FromPath[str]) -> Response[Any]:
        """A question of its own for promoters, passives and detractors."""
        languages = (await dressing.dress_of(request)).profile.languages
        words = {
            name: {lang: language.text(f"studio.followup.{name}", lang) for lang in languages}
            for name in editing.CLASSES
        }
        return await _changed(
            request, survey, lambda work: (editing.followed_up(work.definition, words), work.named), "followed"
        )

    @post("/questions/{question:str}/moving", status_code=200)
    async def move(
        self, request: Request[Any, Any, Any], survey: FromPath[str], question: FromPath[str]
    ) -> Response[Any]:
        sent = await forms.filled(request)
        by = -1 if sent.get("to") == "up" else 1
        return await _changed(
            request, survey, lambda work: (editing.moved(_known(work, question), question, by=by), work.named), "moved"
        )

    @post("/questions/{question:str}/removal", status_code=200)
    async def remove(
        self, request: Request[Any, Any, Any], survey: FromPath[str], question: FromPath[str]
    ) -> Response[Any]:
        return await _changed(
            request, survey, lambda work: (editing.removed(_known(work, question), question), work.named), "removed"
        )


async def _changed(request: Request[Any, Any, Any], survey: str, by: Change, done: str) -> Response[Any]:
    who, sent = await entering.member(request, WRITE), await forms.filled(request)
    try:
        async with entering.inside(request):
            await drafting.change(key=survey, seen=sent.get(SEEN, ""), by=by, member=who.id, at=clock.now())
    except Unknown:
        raise
    except Refused as fault:
        return await _page(request, who, survey, forms.refused(sent, fault, entering.language(request)))
    return entering.redirect(request, f"{PATH}/{survey}/draft?done={done}")


def _known(work: InWork, question: str) -> Definition:
    """Raises SurveyUnknown where there is no such question."""
    if work.definition.question(question) is None:
        raise SurveyUnknown("errors.studio.unknown")
    return work.definition


def _is_named(work: InWork, sent: survey_forms.Sent) -> bool:
    if work.published is not None:
        return work.named
    return work.named if "named" not in sent else "anonymous" not in sent["named"]


async def _page(request: Request[Any, Any, Any], who: Member, survey: str, tried: Tried) -> Response[str]:
    say, spoken = await saying.here(request), (await dressing.dress_of(request)).profile.languages
    async with entering.reading(request):
        work = await drafting.in_work(key=survey)
        wrong = await issuing.objections(work)
    protected = {found.question for found in judging.protected(work.definition)}
    return await entering.page(
        request,
        who,
        "console_studio_draft.html",
        say=say,
        work=work,
        tongues=spoken,
        longest=checking.LONGEST,
        kinds=KINDS,
        questions=[_row(each, work, wrong, say.lang) for each in work.definition.questions],
        protected=protected,
        wrongs=wrongs(wrong, "", say.lang),
        faults=len(wrong),
        **tried.shown(kind=KINDS[0]),
    )


def _row(question: Question, work: InWork, wrong: Sequence[Objection], lang: str) -> dict[str, Any]:
    """A question as the list shows it."""
    return {
        "of": question,
        "asks": telling.asks(question, lang) or next((said.question for said in question.texts.values()), ""),
        "conditions": telling.conditions(question, work.definition, lang),
        "faults": sum(each.question == question.key for each in wrong),
    }


def wrongs(objections: Sequence[Objection], question: str, lang: str) -> dict[str, list[str]]:
    """What is wrong with one question, or with none of them, in words by the field they are mended in."""
    found: dict[str, list[str]] = {}
    for each in objections:
        if each.question == question:
            said = language.text(each.key, lang, **each.values)
            found.setdefault(survey_forms.field(each), []).append(said)
    return found
