"""One question of a draft: its words side by side in every language, its answers, and when it is asked."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from leumund.kit import clock
from leumund.kit.faults import Refused, Unknown
from leumund.staff.members import Member
from leumund.surveys.questions import checking, editing, judging, telling
from leumund.surveys.questions.defining import Definition, Question
from leumund.surveys.studio import drafting, issuing
from leumund.surveys.studio.drafting import InWork, SurveyUnknown
from leumund.web import dressing, forms, saying
from leumund.web.console import entering
from leumund.web.console.surveys import survey_forms
from leumund.web.console.surveys.survey_drafts import wrongs
from leumund.web.console.surveys.survey_studio import PATH, SEEN, WRITE
from leumund.web.forms import Tried

_DONE = ("kept", "added")


class SurveyQuestionController(Controller):
    """``/console/surveys/studio/<survey>/draft/questions/<question>``."""

    path = "/surveys/studio/{survey:str}/draft/questions/{question:str}"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get()
    async def show(
        self, request: Request[Any, Any, Any], survey: FromPath[str], question: FromPath[str]
    ) -> Response[str]:
        who = await entering.member(request, WRITE)
        return await _page(request, who, survey, question, forms.done(request, _DONE))

    @post(status_code=200)
    async def keep(
        self, request: Request[Any, Any, Any], survey: FromPath[str], question: FromPath[str]
    ) -> Response[Any]:
        """Kept right or wrong; where anything is wrong the page stays open and says so beside its field."""
        who, sent = await entering.member(request, WRITE), await forms.listed(request)
        languages = (await dressing.dress_of(request)).profile.languages
        written: list[Question] = []

        def by(work: InWork) -> tuple[Definition, bool]:
            before, earlier = _found(work, question)
            written.append(survey_forms.asked(before, sent, earlier=earlier, languages=languages))
            return editing.changed(work.definition, question, _fit(work, before, written[-1])), work.named

        flat = {name: values[0] for name, values in sent.items() if values}
        try:
            async with entering.inside(request):
                seen, at = flat.get(SEEN, ""), clock.now()
                work = await drafting.change(key=survey, seen=seen, by=by, member=who.id, at=at)
                wrong = [each for each in await issuing.objections(work) if each.question == written[-1].key]
        except Unknown:
            raise
        except Refused as fault:
            return await _page(request, who, survey, question, forms.refused(flat, fault, entering.language(request)))
        here = f"{PATH}/{survey}/draft"
        stays = wrong or "lift" in sent or "more" in sent
        return entering.redirect(
            request, f"{here}/questions/{written[-1].key}?done=kept" if stays else f"{here}?done=kept"
        )


def _fit(work: InWork, before: Question, after: Question) -> Question:
    """``after``; a name that another question has would let nobody find either of them again. Raises Objection."""
    if after.key != before.key:
        if work.definition.question(after.key) is not None:
            raise checking.Objection("key_twice", "key", value=after.key)
        if not checking.is_key(after.key):
            raise checking.Objection("key", "key")
    return after


def _found(work: InWork, key: str) -> tuple[Question, list[Question]]:
    """The question and those before it that a condition can look at. Raises SurveyUnknown."""
    question = work.definition.question(key)
    if question is None:
        raise SurveyUnknown("errors.studio.unknown")
    before = work.definition.questions[: work.definition.questions.index(question)]
    return question, [each for each in before if each.shape.answer != "words"]


async def _page(request: Request[Any, Any, Any], who: Member, survey: str, key: str, tried: Tried) -> Response[str]:
    say, spoken = await saying.here(request), (await dressing.dress_of(request)).profile.languages
    async with entering.reading(request):
        work = await drafting.in_work(key=survey)
        question, earlier = _found(work, key)
        objections = await issuing.objections(work)
    published = work.published.definition.question(key) if work.published else None
    return await entering.page(
        request,
        who,
        "console_studio_question.html",
        say=say,
        work=work,
        question=question,
        number=work.definition.questions.index(question) + 1,
        tongues=spoken,
        longest=checking.LONGEST,
        fresh=survey_forms.FRESH,
        classes=editing.CLASSES,
        earlier=[_offered(question, each, say.lang) for each in earlier],
        is_settled=published is not None,
        protected=[found for found in judging.protected(work.definition) if found.question == key],
        wrongs=wrongs(objections, key, say.lang)
        if not tried.errors
        else {name: [said] for name, said in tried.errors.items()},
        **tried.shown(),
    )


def _offered(question: Question, earlier: Question, lang: str) -> dict[str, Any]:
    """An earlier question as something to depend on: its boxes, and which of them are ticked."""
    said = earlier.texts.get(lang)
    return {
        "of": earlier,
        "asks": telling.asks(earlier, lang) or earlier.key,
        "choices": [(choice, (said.choices.get(choice) if said else "") or choice) for choice in earlier.choices],
        "ticked": survey_forms.ticked(question, earlier),
    }
