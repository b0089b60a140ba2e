"""Whoever answered gladly, and may be written to, is invited to recommend a day later; once, and nobody else."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leumund.consent.stopping import withdrawing
from leumund.consent.texts import publishing
from leumund.kit import ground, tokens
from leumund.kit.ground import Ground
from leumund.messages import delivering, sending
from leumund.occasions import permitting
from leumund.programs import inviting, joining
from leumund.programs import publishing as programs
from leumund.programs.joining import Form
from leumund.surveys.answers import answering
from leumund.surveys.caring import closing, opening
from leumund.surveys.questions.defining import Definition, Question, Wording
from leumund.surveys.studio import publishing as studio
from tests import allowing, polled
from tests.conftest import NOON
from tests.rooms import whole

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
CLARA = "clara@example.com"


@pytest.fixture
async def clara(inside: Ground) -> UUID:
    """Clara may be asked and may be written to about recommending."""
    await whole.company(at=NOON)
    return await agreeing(CLARA)


async def agreeing(email: str, *purposes: str) -> UUID:
    customer = await whole.person(email, at=NOON, name="Clara")
    for purpose in purposes or ("survey", "recommendation"):
        assert await allowing.given(
            customer=customer,
            purpose=purpose,
            channel="email",
            source="import",
            basis="asked at the counter",
            at=NOON,
            email=email,
        )
    return customer


async def asked(customer: UUID, *, at: datetime = NOON) -> UUID:
    await polled.invite([customer], languages=["de", "en"], at=at)
    rows = await ground.fetch(
        "SELECT id FROM survey_invitation WHERE customer = $1 ORDER BY invited_at DESC LIMIT 1", customer
    )
    return rows[0]["id"]


async def answer(invitation: UUID, score: int, *, at: datetime = NOON, language: str = "de") -> None:
    await whole.answer(invitation, score, language=language, at=at)


async def invited(customer: UUID) -> list[dict[str, object]]:
    return await ground.fetch(
        "SELECT id, kind, purpose, subject_id, language FROM message "
        "WHERE customer = $1 AND kind = 'advocate_invitation'",
        customer,
    )


@pytest.fixture
async def jobs(inside: Ground, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, UUID, datetime]]:
    """What is left in the outbox, which a company may add to and not read."""
    left: list[tuple[str, UUID, datetime]] = []
    execute = ground.execute

    async def watched(sql: str, *arguments: object) -> str:
        if "outbox.job" in sql:
            left.append(arguments[:3])  # type: ignore[arg-type]  # kind, subject and when it is due
        return await execute(sql, *arguments)

    monkeypatch.setattr(ground, "execute", watched)
    return left


async def test_a_glad_answer_leaves_a_job_for_the_next_day(clara: UUID, jobs: list[tuple[str, UUID, datetime]]):
    invitation = await asked(clara)
    await answer(invitation, 9)
    assert jobs[-1] == ("programs.invite", invitation, NOON + DAY)


@pytest.mark.parametrize("score", [0, 6, 7, 8])
async def test_no_other_answer_leaves_one(clara: UUID, jobs: list[tuple[str, UUID, datetime]], score: int):
    invitation = await asked(clara)
    await answer(invitation, score)
    assert "programs.invite" not in [kind for kind, *_ in jobs]
    assert not await inviting.invite(invitation=invitation, at=NOON + DAY)
    assert await invited(clara) == []


async def test_a_corrected_answer_leaves_one_job_when_it_becomes_glad(
    clara: UUID, jobs: list[tuple[str, UUID, datetime]]
):
    invitation = await asked(clara)
    for minutes, score in enumerate((3, 9, 10)):
        await answer(invitation, score, at=NOON + minutes * MINUTE)
    assert [due for kind, _, due in jobs if kind == "programs.invite"] == [NOON + MINUTE + DAY]


async def test_the_mail_leads_to_the_offer_and_speaks_the_answers_language(clara: UUID):
    invitation = await asked(clara)
    await answer(invitation, 10, language="en")
    assert await inviting.invite(invitation=invitation, at=NOON + DAY)
    (message,) = await invited(clara)
    assert (message["purpose"], message["subject_id"], message["language"]) == ("recommendation", invitation, "en")
    mail = await delivered(message)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    body = mail.get_body(("plain",))
    assert body is not None
    assert f"/join/{tokens.sign('join', invitation)}?lang=en" in body.get_content()


async def delivered(message: dict[str, object]) -> EmailMessage:
    mails: list[EmailMessage] = []

    async def post(mail: EmailMessage) -> str:
        mails.append(mail)
        return "250 2.0.0"

    assert isinstance(message["id"], UUID)
    await delivering.deliver(message=message["id"], post=post, at=NOON + DAY)
    (mail,) = mails
    return mail


async def test_the_job_that_comes_twice_and_the_next_survey_invite_no_second_time(clara: UUID):
    first = await asked(clara)
    await answer(first, 9)
    assert [await inviting.invite(invitation=first, at=NOON + DAY) for _ in range(2)] == [True, False]
    later = NOON + 100 * DAY
    second = await asked(clara, at=later)
    assert second != first
    await answer(second, 10, at=later)
    assert not await inviting.invite(invitation=second, at=later + DAY)
    assert len(await invited(clara)) == 1


async def test_an_answer_that_is_no_longer_glad_invites_nobody(clara: UUID):
    invitation = await asked(clara)
    await answer(invitation, 9)
    await answer(invitation, 6, at=NOON + MINUTE)
    assert not await inviting.invite(invitation=invitation, at=NOON + DAY)


async def test_without_the_consent_nobody_is_invited(clara: UUID):
    bert = await agreeing("bert@example.com", "survey")
    invitation = await asked(bert)
    await answer(invitation, 9)
    assert not await inviting.invite(invitation=invitation, at=NOON + DAY)
    assert await invited(bert) == []


async def test_a_consent_withdrawn_after_the_answer_invites_nobody(clara: UUID):
    invitation = await asked(clara)
    await answer(invitation, 9)
    await withdrawing.withdraw(customer=clara, email=CLARA, purpose="recommendation", source="portal", at=NOON + MINUTE)
    assert not await inviting.invite(invitation=invitation, at=NOON + DAY)


async def test_a_consent_withdrawn_after_the_job_holds_the_mail(clara: UUID):
    invitation = await asked(clara)
    await answer(invitation, 9)
    await inviting.invite(invitation=invitation, at=NOON + DAY)
    await withdrawing.withdraw(customer=clara, email=CLARA, source="portal", at=NOON + DAY)
    (message,) = await invited(clara)

    async def post(mail: EmailMessage) -> str:
        raise AssertionError("nothing may go out")

    assert isinstance(message["id"], UUID)
    await delivering.deliver(message=message["id"], post=post, at=NOON + DAY)
    rows = await ground.fetch("SELECT state, held_reason FROM message WHERE id = $1", message["id"])
    assert rows == [{"state": "held", "held_reason": "no_consent"}]


@pytest.mark.parametrize("confirmed", [True, False])
async def test_whoever_takes_part_or_asked_to_is_not_invited(clara: UUID, confirmed: bool):
    invitation = await asked(clara)
    await answer(invitation, 9)
    terms = (await publishing.current(kind="terms", language="de")).id
    await joining.join(customer=clara, email=CLARA, form=Form(language="de", terms=terms), at=NOON)
    if confirmed:
        await joining.confirm(customer=clara, asked_at=NOON, at=NOON + MINUTE)
    assert not await inviting.invite(invitation=invitation, at=NOON + DAY)
    assert await invited(clara) == []


async def test_a_program_that_rests_invites_nobody(clara: UUID):
    invitation = await asked(clara)
    await answer(invitation, 9)
    await programs.publish(terms=msgspec.structs.replace(whole.TERMS, state="paused"), at=NOON)
    assert not await inviting.invite(invitation=invitation, at=NOON + DAY)


async def test_whoever_was_erased_meanwhile_is_not_missed(clara: UUID):
    invitation = await asked(clara)
    await answer(invitation, 9)
    await ground.execute("DELETE FROM survey_invitation WHERE id = $1", invitation)
    assert not await inviting.invite(invitation=invitation, at=NOON + DAY)


async def test_each_change_of_how_somebody_feels_leaves_a_job_to_look_after_them(
    clara: UUID, jobs: list[tuple[str, UUID, datetime]]
):
    invitation = await asked(clara)
    for minutes, score in enumerate((3, 5, 8, 8, 9)):
        await answer(invitation, score, at=NOON + minutes * MINUTE)
    given = await answer_of(invitation)
    left = [(subject, due) for kind, subject, due in jobs if kind == opening.KIND]
    assert left == [(given, NOON), (given, NOON + 2 * MINUTE), (given, NOON + 4 * MINUTE)]


async def answer_of(invitation: UUID) -> UUID:
    (row,) = await ground.fetch("SELECT id FROM survey_answer WHERE invitation = $1", invitation)
    return UUID(str(row["id"]))


async def looked_after(invitation: UUID, *, at: datetime) -> UUID | None:
    """The job that an answer leaves was done."""
    return await opening.open(answer=await answer_of(invitation), at=at)


LATER = NOON + 100 * DAY


async def test_a_newer_unhappy_answer_outweighs_an_older_glad_one(clara: UUID):
    glad = await asked(clara)
    await answer(glad, 10)
    newer = await asked(clara, at=LATER)
    await answer(newer, 7, at=LATER)
    assert not await inviting.invite(invitation=glad, at=LATER + DAY)
    assert await invited(clara) == []


async def test_a_newer_glad_answer_outweighs_an_older_unhappy_one_once_nobody_looks_after_it(clara: UUID):
    unhappy = await asked(clara)
    await answer(unhappy, 2)
    case = await looked_after(unhappy, at=NOON)
    assert case is not None
    glad = await asked(clara, at=LATER)
    await answer(glad, 10, at=LATER)
    assert not await inviting.invite(invitation=glad, at=LATER + DAY)
    await closing.close(case=case, outcome="no_answer", note="", by=uuid4(), at=LATER + 2 * DAY)
    assert await inviting.invite(invitation=glad, at=LATER + 3 * DAY)
    assert len(await invited(clara)) == 1


async def test_closing_the_case_of_somebody_glad_by_now_leaves_the_job_to_invite_them(
    clara: UUID, jobs: list[tuple[str, UUID, datetime]]
):
    unhappy = await asked(clara)
    await answer(unhappy, 2)
    case = await looked_after(unhappy, at=NOON)
    assert case is not None
    glad = await asked(clara, at=LATER)
    await answer(glad, 10, at=LATER)
    jobs.clear()
    await closing.close(case=case, outcome="no_answer", note="", by=uuid4(), at=LATER + DAY)
    assert jobs == [("programs.invite", glad, LATER + 2 * DAY)]


async def test_closing_the_case_of_somebody_unhappy_still_leaves_none(
    clara: UUID, jobs: list[tuple[str, UUID, datetime]]
):
    unhappy = await asked(clara)
    await answer(unhappy, 2)
    case = await looked_after(unhappy, at=NOON)
    assert case is not None
    jobs.clear()
    await closing.close(case=case, outcome="no_answer", note="", by=uuid4(), at=NOON + DAY)
    assert jobs == []


@pytest.mark.parametrize("reason", ["too_often", "no_consent", "no_address", "unfillable"])
async def test_whose_invitation_was_held_is_invited_once_more_and_only_once(clara: UUID, reason: str):
    glad = await asked(clara)
    await answer(glad, 10)
    assert await inviting.invite(invitation=glad, at=NOON + DAY)
    assert not await inviting.invite(invitation=glad, at=NOON + DAY), "one waits already"
    assert await sending.recall_about(subjects=[glad], reason=reason) == 1
    again = await asked(clara, at=NOON + 100 * DAY)
    await answer(again, 9, at=NOON + 100 * DAY)
    assert await inviting.invite(invitation=again, at=NOON + 101 * DAY)
    assert not await inviting.invite(invitation=again, at=NOON + 102 * DAY)
    assert len(await invited(clara)) == 2


async def test_a_mail_on_its_way_does_not_reach_somebody_who_is_unhappy_by_now(clara: UUID):
    glad = await asked(clara)
    await answer(glad, 10)
    assert await inviting.invite(invitation=glad, at=NOON + DAY)
    (message,) = await invited(clara)
    newer = await asked(clara, at=LATER)
    await answer(newer, 3, at=LATER)
    case = await looked_after(newer, at=LATER)
    assert case is not None
    assert await state_of(message) == ("held", "unhappy")
    # It reached nobody, so that they may be invited once they are glad again.
    await closing.close(case=case, outcome="no_answer", note="", by=uuid4(), at=LATER + DAY)
    again = await asked(clara, at=LATER + 100 * DAY)
    await answer(again, 9, at=LATER + 100 * DAY)
    assert await inviting.invite(invitation=again, at=LATER + 101 * DAY)
    assert not await inviting.invite(invitation=again, at=LATER + 102 * DAY)
    assert len(await invited(clara)) == 2


async def test_it_is_taken_back_with_the_answer_and_not_only_once_somebody_is_looked_after(clara: UUID):
    glad = await asked(clara)
    await answer(glad, 10)
    assert await inviting.invite(invitation=glad, at=NOON + DAY)
    newer = await asked(clara, at=LATER)
    await answer(newer, 3, at=LATER)
    (message,) = await invited(clara)
    assert await state_of(message) == ("held", "unhappy"), "the job that opens the case has not come yet"


SATISFIED = Definition(
    titles={"de": "Zufrieden"},
    questions=[Question(key="csat", kind="csat", required=True, texts={"de": Wording(question="Wie zufrieden?")})],
)


async def test_a_detractor_who_was_satisfied_since_is_a_detractor_still(clara: UUID):
    glad = await asked(clara)
    await answer(glad, 10)
    await answer(await asked(clara, at=LATER), 3, at=LATER)
    survey = await studio.publish(key="zufrieden", definition=SATISFIED, at=NOON)
    (row,) = await ground.fetch(
        "INSERT INTO survey_invitation (survey, customer, invited_at, expires_at) "
        "VALUES ($1, $2, $3, $3::timestamptz + interval '90 days') RETURNING id",
        survey.id,
        clara,
        LATER,
    )
    await answering.answer(invitation=row["id"], sent={"csat": ["5"]}, language="de", at=LATER + DAY)
    assert not await inviting.invite(invitation=glad, at=LATER + 2 * DAY)
    await answer(await asked(clara, at=LATER + 100 * DAY), 9, at=LATER + 100 * DAY)
    assert await inviting.invite(invitation=glad, at=LATER + 101 * DAY), "once they say otherwise, they may be asked"


@pytest.mark.parametrize("purpose", ["recommendation", "survey"])
async def test_no_occasion_asks_them_to_recommend_either(clara: UUID, purpose: str):
    unhappy = await asked(clara)
    await answer(unhappy, 8)
    assert await permitting.unhappy(purpose=purpose, people=[clara]) == ({clara} if purpose != "survey" else set())
    case = await looked_after(unhappy, at=NOON)
    assert case is not None
    await answer(await asked(clara, at=LATER), 10, at=LATER)
    assert await permitting.unhappy(purpose=purpose, people=[clara]) == ({clara} if purpose != "survey" else set())
    await closing.close(case=case, outcome="no_answer", note="", by=uuid4(), at=LATER)
    assert await permitting.unhappy(purpose=purpose, people=[clara]) == set()


async def state_of(message: dict[str, object]) -> tuple[object, object]:
    (row,) = await ground.fetch("SELECT state, held_reason FROM message WHERE id = $1", message["id"])
    return row["state"], row["held_reason"]


@settings(max_examples=25)
@given(scores=st.lists(st.integers(0, 10), min_size=1, max_size=4), corrected=st.lists(st.integers(0, 10), max_size=3))
async def test_in_no_story_is_anybody_invited_who_is_unhappy_or_looked_after(
    inside: Ground, scores: list[int], corrected: list[int]
):
    """Several surveys, each perhaps corrected, and every job done after every answer."""
    await whole.company(at=NOON)
    clara = await agreeing(f"clara-{uuid4().hex[:8]}@example.com")
    invitations, standing = [], 10
    for turn, score in enumerate(scores):
        at = NOON + turn * 100 * DAY
        invitations.append(await asked(clara, at=at))
        for minutes, mark in enumerate([score, *(corrected if turn == len(scores) - 1 else [])]):
            await answer(invitations[-1], mark, at=at + minutes * MINUTE)
            await looked_after(invitations[-1], at=at + minutes * MINUTE)
            standing = mark
        open_ones = await ground.fetch(
            "SELECT FROM customer_case WHERE customer = $1 AND closed_at IS NULL AND mood <> 'glad'", clara
        )
        before = len(await invited(clara))
        for invitation in invitations:
            await inviting.invite(invitation=invitation, at=at + DAY)
        if standing < 9 or open_ones:
            assert len(await invited(clara)) == before
