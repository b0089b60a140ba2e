"""A person's consents: what proves them, to read, and what they said where no form was, to be entered."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath

from leumund.consent.evidence import proving, showing
from leumund.consent.evidence.proving import Proof
from leumund.consent.giving import transcribing
from leumund.consent.giving.transcribing import Taken
from leumund.consent.texts import publishing
from leumund.consent.texts.publishing import Text
from leumund.customers.records.finding import Person
from leumund.kit import clock
from leumund.kit.faults import Refusals, Refused
from leumund.messages.accompanying import transcribing as takings
from leumund.messages.accompanying.transcribing import Ended
from leumund.staff.members import Member
from leumund.web import forms, saying
from leumund.web.console import entering, naming, taking_along
from leumund.web.console.customers import customers
from leumund.web.forms import UNTRIED, Tried
from leumund.web.saying import Saying

SEE, PROVE, RECORD = "consents.see", "evidence.see", "evidence.record"
Deed = Callable[[Person, Mapping[str, str], str], Awaitable[str]]


class NoMoment(Refused):
    """A day and a time had to be given."""


class Opened(NamedTuple):
    """All that the page tells of one person; ``proof`` for whoever may see it, ``texts`` are the consents asked for."""

    person: Person
    proof: Proof | None
    texts: list[Text]


class ConsentController(Controller):
    """``/console/customers/<customer>/consents``: the proof, and two forms."""

    path = "/customers/{customer:str}/consents"
    request_max_body_size = forms.MOST_BODY_BYTES

    @get()
    async def show(self, request: Request[Any, Any, Any], customer: FromPath[str]) -> Response[str]:
        who = await entering.member(request, SEE)
        return await page(request, who, naming.known(customer))

    @post(status_code=200)
    async def take(self, request: Request[Any, Any, Any], customer: FromPath[str]) -> Response[str]:
        say = await saying.here(request)

        async def deed(person: Person, sent: Mapping[str, str], actor: str) -> str:
            taken = _taken(person, sent, say)
            return "asked" if await takings.transcribe(taken=taken, actor=actor, at=clock.now()) else "entered"

        return await _do(request, naming.known(customer), deed)

    @post("/end", status_code=200)
    async def end(self, request: Request[Any, Any, Any], customer: FromPath[str]) -> Response[str]:
        async def deed(person: Person, sent: Mapping[str, str], actor: str) -> str:
            ended = Ended(
                customer=person.id,
                kind=_choice(sent, "kind", takings.ENDS),
                way=_choice(sent, "by", takings.WAYS),
                words=sent.get("said", ""),
                purpose=sent.get("ending", ""),
            )
            await takings.end(ended=ended, actor=actor, at=clock.now())
            return "ended"

        return await _do(request, naming.known(customer), deed)


async def _do(request: Request[Any, Any, Any], customer: UUID, deed: Deed) -> Response[str]:
    who, sent = await entering.member(request, RECORD), await forms.filled(request)
    try:
        async with entering.inside(request):
            person = await customers.found(customer, who)
            done = await deed(person, sent, who.actor)
    except (Refused, Refusals) as fault:
        return await page(request, who, customer, forms.refused(sent, fault, entering.language(request)))
    return await page(request, who, customer, Tried(done=done))


async def page(request: Request[Any, Any, Any], who: Member, customer: UUID, tried: Tried = UNTRIED) -> Response[str]:
    """All there is of the consents of ``customer`` that ``who`` may see, and what became of the last form."""
    lang = entering.language(request)
    async with entering.reading(request):
        opened = await _open(customer, who, lang)
    return await entering.page(
        request,
        who,
        "console_consents.html",
        say=await saying.here(request),
        person=opened.person,
        sheet=showing.sheet(proving.masked(opened.proof), language=lang) if opened.proof else None,
        texts=opened.texts,
        channels=sorted({channel for text in opened.texts for channel in text.channels}),
        ways=transcribing.WAYS,
        ends=takings.ENDS,
        end_ways=takings.WAYS,
        reasons=taking_along.reasons(lang),
        **tried.shown(),
    )


async def _open(customer: UUID, who: Member, lang: str) -> Opened:
    person = await customers.found(customer, who)
    proof = await proving.prove(customer=customer, at=clock.now()) if who.may(PROVE) else None
    asked = [text for text in await publishing.all_current() if text.kind == "consent"]
    return Opened(person, proof, [text for text in asked if text.language == _spoken(person, lang)])


def _spoken(person: Person, lang: str) -> str:
    """The language the person is asked in, which is not always the one of who enters it."""
    return person.language or lang


def _taken(person: Person, sent: Mapping[str, str], say: Saying) -> Taken:
    """Raises NotChosen, NoMoment."""
    said_at = say.meant(sent.get("said_at", ""))
    if said_at is None:
        raise NoMoment("errors.consent.moment_missing", field="said_at")
    return Taken(
        customer=person.id,
        email=person.email,
        purpose=sent.get("purpose", ""),
        channel=sent.get("channel", ""),
        language=_spoken(person, say.lang),
        way=_choice(sent, "way", transcribing.WAYS),
        said_at=said_at,
        words=sent.get("words", ""),
        taker=sent.get("taker", ""),
        reference=sent.get("reference", ""),
    )


def _choice(sent: Mapping[str, str], name: str, among: Sequence[str]) -> str:
    return forms.chosen(sent, name, among, fault="errors.consent.way_missing")
