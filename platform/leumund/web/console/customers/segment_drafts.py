"""Build a segment, or change one: rows of conditions in groups, a count at any time, and a purpose in words."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from leumund.customers.segments import defining, facts, keeping, reading
from leumund.customers.segments.facts import FACTS
from leumund.customers.segments.keeping import Worded
from leumund.customers.segments.reading import Kept
from leumund.kit import clock
from leumund.kit.faults import Refusals, Refused
from leumund.segmenting import counting
from leumund.segmenting.counting import Counted
from leumund.staff.members import Member
from leumund.surveys import rules as surveys
from leumund.web import dressing, forms, saying
from leumund.web.console import entering, naming
from leumund.web.console.customers import segment_building, segment_words, segments
from leumund.web.console.customers.segment_building import BLANK, Draft
from leumund.web.forms import UNTRIED, Tried

_SAVE, _COUNT = "save", "count"
_AREAS = tuple(dict.fromkeys(fact.area for fact in FACTS.values()))


class Form(NamedTuple):
    """What the page shows: the segment that is changed, where one is, its draft, and what it would find."""

    kept: Kept | None
    draft: Draft
    counted: Counted | None = None


class SegmentDraftController(Controller):
    """``/console/segments/new``, and ``/console/segments/<segment>/definition``."""

    path = "/segments"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get("/new")
    async def begin(self, request: Request[Any, Any, Any]) -> Response[str]:
        return await _page(request, await entering.member(request, segments.MANAGE), Form(None, BLANK))

    @post("/new", status_code=200)
    async def create(self, request: Request[Any, Any, Any]) -> Response[str] | Redirect:
        return await _worked(request, None)

    @get("/{segment:str}/definition")
    async def show(self, request: Request[Any, Any, Any], segment: FromPath[str]) -> Response[str]:
        who = await entering.member(request, segments.MANAGE)
        kept = await _kept(request, segment)
        return await _page(request, who, Form(kept, segment_building.draft_of(kept.definition)))

    @post("/{segment:str}/definition", status_code=200)
    async def change(self, request: Request[Any, Any, Any], segment: FromPath[str]) -> Response[str] | Redirect:
        return await _worked(request, segment)


async def _worked(request: Request[Any, Any, Any], segment: str | None) -> Response[str] | Redirect:
    """Keep what the form says, or count it, or show it again in another shape."""
    who, sent = await entering.member(request, segments.MANAGE), await forms.filled(request)
    kept = await _kept(request, segment) if segment is not None else None
    do = sent.get("do", "")
    draft = segment_building.reshaped(segment_building.sent_draft(sent), do, sent)
    if do not in (_SAVE, _COUNT):
        return await _page(request, who, Form(kept, draft), Tried(sent))
    try:
        if do == _COUNT:
            return await _page(request, who, Form(kept, draft, await _counted(request, draft)), Tried(sent))
        saved = await _saved(request, who, Form(kept, draft), sent)
    except (Refused, Refusals) as fault:
        wrong = forms.refused(sent, segment_building.by_field(fault), entering.language(request))
        return await _page(request, who, Form(kept, draft), wrong)
    return entering.redirect(request, f"{segments.HERE}/{saved}?done={'changed' if kept else 'created'}")


async def _saved(request: Request[Any, Any, Any], who: Member, form: Form, sent: Mapping[str, str]) -> UUID:
    """Raises Refused and Refusals."""
    kept, definition = form.kept, segment_building.definition(form.draft)
    worded = Worded(name=sent.get("name", ""), purpose=sent.get("purpose", ""), definition=definition)
    async with entering.inside(request):
        if kept is None:
            return await keeping.create(worded=worded, actor=who.actor, at=clock.now())
        version = forms.whole(sent, "version", otherwise=-1)
        await keeping.change(segment=kept.id, version=version, worded=worded, actor=who.actor, at=clock.now())
        return kept.id


async def _counted(request: Request[Any, Any, Any], draft: Draft) -> Counted:
    definition = segment_building.definition(draft)
    defining.check(definition)
    async with entering.figures(request):
        return await counting.count(definition=definition, at=clock.now())


async def _kept(request: Request[Any, Any, Any], segment: str) -> Kept:
    async with entering.reading(request):
        kept = await reading.known(segment=naming.known(segment))
    if kept.ended_at is not None:
        raise reading.SegmentUnknown("errors.segments.unknown")
    return kept


async def _page(request: Request[Any, Any, Any], who: Member, form: Form, tried: Tried = UNTRIED) -> Response[str]:
    kept, draft, counted = form
    say = await saying.here(request)
    name, purpose = segment_words.named(kept, say.lang) if kept else ("", "")
    version = str(kept.version) if kept else ""
    return await entering.page(
        request,
        who,
        "console_segment_draft.html",
        say=say,
        kept=kept,
        draft=draft,
        counted=counted,
        evaluates=any(row.told.evaluates for block in draft.blocks for row in block.rows),
        areas_of_facts={area: [key for key, fact in FACTS.items() if fact.area == area] for area in _AREAS},
        facts=FACTS,
        currency=(await dressing.dress_of(request)).profile.currency,
        joins=segment_building.JOINS,
        group_joins=segment_building.GROUP_JOINS,
        most_days=facts.MOST_DAYS,
        least=surveys.LEAST_CELL,
        **tried.shown(name=name, purpose=purpose, version=version),
    )
