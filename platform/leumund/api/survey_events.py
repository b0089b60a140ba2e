"""A company reports what happened, and its customer is asked about it."""

from datetime import datetime
from typing import Annotated, Any, Literal

from litestar import Controller, Request, Response, post
from litestar.params import JSONBody
from msgspec import Meta, Struct

from leumund.api import answering, ids
from leumund.api.answering import Key
from leumund.api.conversions import CustomerNamed, named
from leumund.api.describing import PROBLEMS
from leumund.api.reading import Strictly
from leumund.api.shapes import Line, Moment
from leumund.rewards import buying
from leumund.surveys.asking import hearing
from leumund.surveys.asking.hearing import Event, Heard, Told


class NewSurveyEvent(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something to ask a customer about. ``occurred_at`` is now when you leave it out."""

    event_id: Annotated[Line, Meta(examples=["T-2026-0815"])]
    survey: Annotated[Line, Meta(description="The key of a published survey", examples=["nps"])]
    event: Annotated[Line, Meta(examples=["support.closed"])]
    customer: CustomerNamed
    occurred_at: Moment | None = None
    attributes: Annotated[
        dict[str, str],
        Meta(
            description="Up to ten facts, each up to 100 characters. They stand beside the answer; a survey that is "
            "answered anonymously keeps none of them.",
            examples=[{"terminal": "3"}],
        ),
    ] = {}


class SurveyEvent(Struct, frozen=True, kw_only=True):
    """An event, and what became of it: ``waiting`` until ``due_at``, ``invited``, or ``held`` back for a reason.

    Reasons are ``asked_lately`` (surveys leave people in peace for a while), ``no_consent``, and ``not_possible``.
    """

    id: str
    event_id: str
    survey: str
    event: str
    customer: str
    occurred_at: datetime
    attributes: dict[str, str]
    due_at: datetime
    state: Literal["waiting", "invited", "held"]
    reason: Told | None


class SurveyEventController(Controller):
    path = "/survey-events"
    tags = ("Surveys",)
    opt = {"scope": "surveys.write"}  # noqa: RUF012

    @post(dto=Strictly[NewSurveyEvent], return_dto=None, responses=PROBLEMS, summary="Ask about what happened")
    async def hear(
        self, request: Request[Any, Any, Any], data: JSONBody[NewSurveyEvent], idempotency_key: Key
    ) -> Response[SurveyEvent]:
        """Counts once per event id. Telling the same event again, under whatever key, answers how it stands now."""

        async def deed(at: datetime) -> tuple[int, Struct]:
            event = Event(
                ref=data.event_id,
                customer=await buying.buyer(named(data.customer)),
                survey=data.survey,
                name=data.event,
                happened_at=data.occurred_at or at,
                attributes=data.attributes,
            )
            return 201, _told(await hearing.hear(event=event, timed=data.occurred_at is not None, at=at))

        return await answering.once(request, idempotency_key, data, deed)


def _told(heard: Heard) -> SurveyEvent:
    return SurveyEvent(
        id=ids.survey_event(heard.id),
        event_id=heard.event.ref,
        survey=heard.event.survey,
        event=heard.event.name,
        customer=ids.customer(heard.event.customer),
        occurred_at=heard.event.happened_at,
        attributes=dict(heard.event.attributes),
        due_at=heard.due_at,
        state=heard.state,
        reason=heard.reason,
    )
