"""What the law and the mail leave behind at a company of two: rows of each kind, so that each can be asked for."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import msgspec
from msgspec.structs import replace

from leumund.company.processing import Described
from leumund.consent.evidence import serving
from leumund.consent.evidence.serving import Served
from leumund.customers.records import holding, registering
from leumund.customers.records.registering import Record
from leumund.kit import ground
from leumund.messages.carrying import signing
from leumund.messages.words.letters import Words
from leumund.privacy.agreement import changing
from leumund.privacy.breaches import recording
from leumund.privacy.forgetting import preserving, remembering
from leumund.privacy.forgetting.emptying import Emptied
from leumund.privacy.rights import restricting
from leumund.surveys.caring import arranging, jotting, opening, replying
from leumund.surveys.caring.rules import Deadline
from leumund.surveys.questions import judging, starting
from leumund.surveys.questions.defining import Question, Wording
from leumund.surveys.studio import drafting, publishing, releasing
from leumund.surveys.studio.releasing import Asked
from tests.rooms import caring

HOURS = Deadline(opens=True, amount=100, unit="hours")
# As a member chose it, without the job that would try to get in.
_SERVER = "INSERT INTO mail_server (id, host, port, created_at) VALUES ($1, $2, 587, $3)"


async def leave(*, member: UUID, mark: str, at: datetime) -> None:
    """A breach, changes of the agreement, holds, what a form showed, and the ways of the company's mails."""
    actor = f"staff:{member}"
    await recording.record(words=mark, known_at=at, actor=actor, at=at)
    await _tell(mark, at)
    await _hold(mark, actor, at)
    block = Served(form="landing", version="1", url="/r", language="de", texts=[], html=f"<p>{mark}</p>", at=at)
    await serving.keep(block)
    await _look_after(member, mark, at)
    await signing.prepare(actor=actor, at=at)
    await ground.execute(_SERVER, uuid4(), f"smtp.{mark}.example", at)
    await _write_survey(mark, member, at)


async def _look_after(member: UUID, mark: str, at: datetime) -> None:
    """Somebody complained, and a member wrote them down and to them."""
    record = Record(email=f"unhappy-{mark}@people.example", external_id=f"U-{mark}", given_name=mark)
    person = (await registering.register(record=record, source="test", at=at)).id
    case = await opening.open(answer=await caring.answered(person, 2, comment=mark, at=at), at=at)
    assert case is not None
    await jotting.jot(case=case, text=mark, by=member, at=at)
    await replying.reply(case=case, words=Words(None, mark, mark), by=member, at=at)
    arranged = await arranging.arrangement()
    wanted = msgspec.structs.replace(arranged, owner=member, deadlines={**arranged.deadlines, "glad": HOURS})
    await arranging.arrange(wanted=wanted, actor=f"staff:{member}", at=at)


async def _tell(mark: str, at: datetime) -> None:
    """Nobody else worked for the operator, and somebody does by now."""
    working = Described(role="processor", name=mark, address=mark, country="DE", what_for={"de": mark, "en": mark})
    await changing.tell(processors=[], actor="system:test", at=at - timedelta(hours=1))
    await changing.tell(processors=[working], actor="system:test", at=at)


async def _write_survey(mark: str, member: UUID, at: datetime) -> None:
    """A survey that is published, drafted anew, asks for what is protected by now, and was released."""
    actor = f"staff:{member}"
    asked = Question(key=mark, kind="text", texts={lang: Wording(question=mark) for lang in ("de", "en")})
    begun = starting.template("nps", languages=["de", "en"])
    begun = replace(begun, titles={"de": mark, "en": mark}, questions=[*begun.questions, asked])
    await publishing.publish(key=mark, definition=begun, at=at)
    ill = {lang: Wording(question=f"{mark}: Gesundheit") for lang in ("de", "en")}
    drafted = replace(begun, questions=[*begun.questions[:-1], replace(asked, texts=ill)])
    change = {"key": mark, "seen": "v1", "by": lambda _: (drafted, True)}
    await drafting.change(**change, member=member, at=at)
    digest = judging.digest(drafted, named=True)
    asked = Asked(key=mark, definition=drafted, named=True, digest=digest)
    await releasing.release(asked=asked, reason=mark, actor=actor, at=at)


async def _hold(mark: str, actor: str, at: datetime) -> None:
    """Somebody whose data rested for a while, and what is kept of them beyond its time."""
    record = Record(email=f"resting-{mark}@people.example", external_id=f"R-{mark}", given_name=mark)
    person = (await registering.register(record=record, source="test", at=at)).id
    await restricting.restrict(customer=person, reason="accuracy", actor=actor, at=at)
    await holding.lift(customer=person, kind=holding.RESTRICTION, at=at)
    await preserving.preserve_person(customer=person, reason=mark, actor=actor, at=at)
    await remembering.protocol([Emptied(table="message", data_class="mails", deed="deleted", amount=1)], at=at)
