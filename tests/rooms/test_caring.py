"""Whoever is not happy is somebody's to look after, in time, in steps that lead on, until it is settled."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from uuid import UUID, uuid4

import asyncpg
import pytest

from leumund.company import describing
from leumund.customers.records import holding
from leumund.customers.records.holding import Hold
from leumund.kit import ground, personal
from leumund.kit.faults import Refusals
from leumund.kit.ground import Ground
from leumund.messages import delivering
from leumund.messages.words.letters import Words
from leumund.privacy.copies import collecting
from leumund.privacy.forgetting import erasing, retaining
from leumund.staff import changing
from leumund.surveys.caring import (
    arranging,
    assigning,
    closing,
    contacting,
    finding,
    jotting,
    listing,
    measuring,
    opening,
    reminding,
    replying,
    rules,
)
from leumund.surveys.caring.arranging import Arrangement, NotAble
from leumund.surveys.caring.closing import NoSuchOutcome
from leumund.surveys.caring.finding import CaseUnknown, NotNow
from leumund.surveys.caring.listing import Wanted
from leumund.surveys.caring.replying import MayNotWrite
from leumund.surveys.caring.rules import Deadline
from leumund.surveys.questions.defining import Definition, Question, Wording
from leumund.surveys.studio import publishing
from tests.conftest import NOON
from tests.rooms import caring, whole
from tests.rooms.caring import answered, corrected, member

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
CLARA = "clara@people.example"


@pytest.fixture
async def clara(inside: Ground) -> UUID:
    await whole.company(at=NOON)
    return await whole.person(CLARA, at=NOON, name="Clara")


@pytest.fixture
async def susi(clara: UUID) -> UUID:
    """Somebody of support, who is there for such cases."""
    return await member("Susi", role="support")


async def case_of(customer: UUID, score: int, *, comment: str = "", at: datetime = NOON) -> UUID:
    """Somebody answered, and a case was opened."""
    case = await opening.open(answer=await answered(customer, score, comment=comment, at=at), at=at)
    assert case is not None
    return case


async def told(case: UUID) -> list[str]:
    return [step.what for step in await finding.story(case=case)]


async def test_an_unhappy_answer_opens_one_case_however_often_its_job_comes(clara: UUID, susi: UUID):
    answer = await answered(clara, 3, comment="Niemand ruft zurück.", at=NOON)
    case = await opening.open(answer=answer, at=NOON)
    assert case is not None
    assert await opening.open(answer=answer, at=NOON + HOUR) == case
    found = await finding.find(case=case)
    assert (found.mood, found.state, found.owner) == ("unhappy", "open", susi)
    assert (found.name, found.score, found.answered.words) == ("Clara", 3, {"comment": "Niemand ruft zurück."})
    assert found.due_at == NOON + 2 * DAY
    assert await told(case) == ["opened", "assigned"]


@pytest.mark.parametrize(
    ("score", "mood", "due_at"),
    [(0, "unhappy", "2026-11-25T12:00"), (6, "unhappy", "2026-11-25T12:00"), (8, "undecided", "2026-11-30T22:59")],
)
async def test_each_mood_has_its_own_time(clara: UUID, susi: UUID, score: int, mood: str, due_at: str):
    found = await finding.find(case=await case_of(clara, score))
    assert found.mood == mood
    assert found.due_at.isoformat()[:16] == due_at


async def test_a_glad_answer_opens_one_only_where_the_company_wants_to_thank(clara: UUID, susi: UUID):
    answer = await answered(clara, 10, at=NOON)
    assert await opening.open(answer=answer, at=NOON) is None
    deadlines = {**rules.OURS, "glad": Deadline(opens=True, amount=7, unit="days")}
    await arranging.arrange(wanted=Arrangement(deadlines=deadlines), actor=f"staff:{susi}", at=NOON)
    assert await opening.open(answer=answer, at=NOON) is not None


CSAT = Definition(
    titles={"de": "Zufriedenheit"},
    questions=[
        Question(key="service", kind="csat", texts={"de": Wording(question="Wie war der Service?")}),
        Question(key="why", kind="text", texts={"de": Wording(question="Warum?")}),
    ],
)


async def asked_for_satisfaction(customer: UUID, mark: int, *, named: bool) -> UUID:
    """They answered a survey that asks for satisfaction alone, in words too; the answer."""
    survey = await publishing.publish(key=f"csat-{uuid4().hex[:6]}", definition=CSAT, named=named, at=NOON)
    (row,) = await ground.fetch(
        "INSERT INTO survey_answer (survey, customer, marks, channel, answered_at) "
        "VALUES ($1, $2, jsonb_build_object('service', $3::int), 'portal', $4) RETURNING id",
        survey.id,
        customer,
        mark,
        NOON,
    )
    return UUID(str(row["id"]))


async def test_a_survey_that_asks_for_satisfaction_alone_opens_cases_too(clara: UUID, susi: UUID):
    case = await opening.open(answer=await asked_for_satisfaction(clara, 1, named=True), at=NOON)
    assert case is not None
    found = await finding.find(case=case)
    assert (found.mood, found.score, found.answered.marks) == ("unhappy", None, {"service": 1})
    assert await opening.open(answer=await asked_for_satisfaction(clara, 5, named=True), at=NOON) is None


async def test_an_anonymous_survey_opens_none_even_if_its_answer_named_somebody(clara: UUID, susi: UUID):
    assert await opening.open(answer=await asked_for_satisfaction(clara, 1, named=False), at=NOON) is None


async def test_nobody_known_and_nobody_at_rest_has_a_case(clara: UUID, susi: UUID):
    answer = await answered(clara, 2, at=NOON)
    hold = Hold(kind="restriction", ground="x", actor="system:test", rights_case=None, began_at=NOON, due_at=None)
    await holding.hold(customer=clara, hold=hold)
    assert await opening.open(answer=answer, at=NOON) is None
    await holding.lift(customer=clara, kind="restriction", at=NOON)
    await ground.execute("UPDATE survey_answer SET customer = NULL, invitation = NULL WHERE id = $1", answer)
    assert await opening.open(answer=answer, at=NOON) is None
    assert await opening.open(answer=uuid4(), at=NOON) is None


async def test_a_better_answer_closes_its_case_and_a_worse_one_opens_it_again_and_says_so(clara: UUID, susi: UUID):
    answer = await answered(clara, 4, at=NOON)
    case = await opening.open(answer=answer, at=NOON)
    assert case is not None
    await corrected(answer, 8)
    assert await opening.open(answer=answer, at=NOON + MINUTE) == case
    assert (await finding.find(case=case)).mood == "undecided"
    await corrected(answer, 9)
    await opening.open(answer=answer, at=NOON + 2 * MINUTE)
    found = await finding.find(case=case)
    assert (found.mood, found.state, found.outcome) == ("glad", "closed", "answered_better")
    await corrected(answer, 1)
    await opening.open(answer=answer, at=NOON + 3 * MINUTE)
    found = await finding.find(case=case)
    assert (found.mood, found.state, found.outcome) == ("unhappy", "open", None)
    assert found.due_at == NOON + 3 * MINUTE + 2 * DAY
    assert await told(case) == [
        *("opened", "assigned", "answered_anew", "answered_anew", "closed", "answered_anew", "reopened")
    ]
    # Whoever owns it is told of it as of a new one.
    assert await reminding.remind(at=NOON + 4 * MINUTE) == 1


async def test_cases_are_shared_out_by_turns_among_support(clara: UUID, susi: UUID):
    sven = await member("Sven", role="support")
    await member("Olivia", role="owner")
    owners = [(await finding.find(case=await case_of(clara, 2, at=NOON + hours * HOUR))).owner for hours in range(4)]
    assert owners[:2] == owners[2:]
    assert set(owners) == {susi, sven}


async def test_the_company_names_whose_they_are_until_that_one_is_gone(clara: UUID, susi: UUID):
    olivia, otto = await member("Olivia", role="owner"), await member("Otto", role="owner")
    wanted = Arrangement(deadlines=rules.OURS, owner=olivia)
    await arranging.arrange(wanted=wanted, actor=f"staff:{otto}", at=NOON)
    assert (await finding.find(case=await case_of(clara, 2))).owner == olivia
    await changing.disable(member=olivia, actor=f"staff:{otto}", at=NOON)
    assert (await finding.find(case=await case_of(clara, 3))).owner == susi


async def test_a_case_nobody_may_work_on_waits_for_somebody(clara: UUID):
    await member("Vera", role="viewer")
    case = await case_of(clara, 2)
    assert (await finding.find(case=case)).owner is None
    susi = await member("Susi", role="support")
    await assigning.hand_over(case=case, to=susi, by=susi, at=NOON)
    assert (await finding.find(case=case)).owner == susi


async def test_a_case_is_handed_over_to_whoever_may_work_on_it_alone(clara: UUID, susi: UUID):
    case, vera = await case_of(clara, 2), await member("Vera", role="viewer")
    with pytest.raises(NotAble):
        await assigning.hand_over(case=case, to=vera, by=susi, at=NOON)
    sven = await member("Sven", role="support")
    await assigning.hand_over(case=case, to=sven, by=susi, at=NOON)
    await assigning.hand_over(case=case, to=sven, by=susi, at=NOON)
    assert await told(case) == ["opened", "assigned", "assigned"]


async def test_what_was_arranged_amiss_is_told_next_to_each_field(clara: UUID, susi: UUID):
    bad = Arrangement(
        deadlines={**rules.OURS, "unhappy": Deadline(opens=True, amount=0, unit="hours")},
        owner=uuid4(),
    )
    with pytest.raises(Refusals) as refused:
        await arranging.arrange(wanted=bad, actor=f"staff:{susi}", at=NOON)
    assert {fault.field for fault in refused.value.faults} == {"amount_unhappy", "owner"}
    assert await arranging.arrangement() == Arrangement(deadlines=rules.OURS)


async def test_the_holidays_of_the_companys_state_move_a_deadline(clara: UUID, susi: UUID):
    one = Deadline(opens=True, amount=1, unit="working_days")
    wanted = Arrangement(deadlines={**rules.OURS, "undecided": one})
    await describing.settle(region="BY", at=NOON)
    await arranging.arrange(wanted=wanted, actor=f"staff:{susi}", at=NOON)
    epiphany_eve = datetime.fromisoformat("2027-01-05T10:00+01:00")
    found = await finding.find(case=await case_of(clara, 7, at=epiphany_eve))
    assert found.due_at.isoformat()[:16] == "2027-01-07T22:59"


async def test_a_case_goes_from_its_answer_to_its_outcome(clara: UUID, susi: UUID):
    case = await case_of(clara, 3)
    await contacting.miss(case=case, way="phone", note="Besetzt.", by=susi, at=NOON + HOUR)
    with pytest.raises(NoSuchOutcome):
        await closing.close(case=case, outcome="solved", note="", by=susi, at=NOON + HOUR)
    await contacting.reach(case=case, way="phone", note="", by=susi, at=NOON + 2 * HOUR)
    await contacting.reach(case=case, way="person", note="Im Laden.", by=susi, at=NOON + 3 * HOUR)
    await closing.close(case=case, outcome="solved", note="Ersatz geschickt.", by=susi, at=NOON + 4 * HOUR)
    found = await finding.find(case=case)
    assert (found.state, found.outcome, found.reached_at) == ("closed", "solved", NOON + 2 * HOUR)
    assert [note.words for note in await finding.notes(of=found)] == ["Besetzt.", "Im Laden.", "Ersatz geschickt."]
    assert await told(case) == ["opened", "assigned", "tried", "reached", "reached", "closed"]
    with pytest.raises(NotNow):
        await closing.close(case=case, outcome="gone", note="", by=susi, at=NOON + 5 * HOUR)
    await jotting.jot(case=case, text="Hat sich bedankt.", by=susi, at=NOON + 5 * HOUR)


async def test_what_was_closed_too_soon_is_opened_again_with_a_time_of_its_own(clara: UUID, susi: UUID):
    case = await case_of(clara, 3)
    with pytest.raises(NotNow):
        await closing.reopen(case=case, note="Doch nicht.", by=susi, at=NOON)
    await contacting.reach(case=case, way="phone", note="", by=susi, at=NOON + HOUR)
    await closing.close(case=case, outcome="solved", note="", by=susi, at=NOON + HOUR)
    await closing.reopen(case=case, note="Der Ersatz ist auch kaputt.", by=susi, at=NOON + DAY)
    found = await finding.find(case=case)
    assert (found.state, found.due_at, found.reached_at) == ("open", NOON + 3 * DAY, NOON + HOUR)
    assert found.is_overdue(NOON + 4 * DAY)


@pytest.mark.parametrize(
    ("what", "was", "became"),
    [
        # From where the case never was, past a step, back without being opened again, and a second beginning.
        ("closed", "contacted", "closed"),
        ("noted", "closed", "closed"),
        ("noted", "open", "contacted"),
        ("reopened", "open", "open"),
        ("opened", None, "open"),
        ("closed", "open", "contacted"),
    ],
)
async def test_the_database_takes_no_step_that_does_not_lead_on(
    clara: UUID, susi: UUID, what: str, was: str | None, became: str
):
    case = await case_of(clara, 3)
    step = """
        INSERT INTO case_step (customer_case, position, at, actor, what, was, became)
        SELECT $1, 3, $2, 'system:test', $3, $4, $5
    """
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        async with ground.savepoint():
            await ground.execute(step, case, NOON, what, was, became)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE customer_case SET outcome = 'solved', closed_at = opened_at WHERE id = $1",
        "UPDATE customer_case SET closed_at = opened_at WHERE id = $1",
        "UPDATE customer_case SET contacted_at = opened_at WHERE id = $1",
        "UPDATE customer_case SET due_at = opened_at WHERE id = $1",
    ],
)
async def test_the_database_takes_no_case_that_could_not_be(clara: UUID, susi: UUID, change: str):
    case = await case_of(clara, 3)
    with pytest.raises(asyncpg.CheckViolationError):
        async with ground.savepoint():
            await ground.execute(change, case)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE customer_case SET opened_at = opened_at WHERE id = $1",
        "UPDATE customer_case SET customer = customer WHERE id = $1",
        "UPDATE case_step SET at = at WHERE customer_case = $1",
        "UPDATE case_note SET at = at WHERE customer_case = $1",
    ],
)
async def test_nobody_of_the_company_rewrites_what_happened(clara: UUID, susi: UUID, change: str):
    case = await case_of(clara, 3)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with ground.savepoint():
            await ground.execute(change, case)


async def test_notes_and_letters_lie_under_the_persons_key_and_are_theirs_to_read(clara: UUID, susi: UUID):
    case = await case_of(clara, 3, comment="Zu laut.")
    await jotting.jot(case=case, text="Kennt den Chef.", by=susi, at=NOON)
    await replying.reply(case=case, words=Words(None, "Zu laut", "Das tut uns leid."), by=susi, at=NOON)
    (note,) = await ground.fetch("SELECT words_sealed FROM case_note")
    assert note["words_sealed"].startswith(personal.HEAD)
    mine = await collecting.collect(customer=clara)
    assert [row.values["words"] for row in mine["case_note"]] == ["Kennt den Chef."]
    assert [row.values["words"] for row in mine["message_letter"]] == ["Das tut uns leid."]
    assert mine["customer_case"][0].values["mood"] == "unhappy"
    assert "case_step" not in mine


async def test_the_case_goes_with_its_person_and_the_mark_counts_on(clara: UUID, susi: UUID):
    case = await case_of(clara, 3, comment="Zu laut.")
    await jotting.jot(case=case, text="Kennt den Chef.", by=susi, at=NOON)
    await replying.reply(case=case, words=Words(None, "Zu laut", "Das tut uns leid."), by=susi, at=NOON)
    await erasing.erase(customer=clara, rule="no_longer_needed", at=NOON + DAY)
    for table in ("customer_case", "case_step", "case_note", "message_letter"):
        assert await ground.fetch(f"SELECT FROM {table}") == [], table
    assert len(await ground.fetch("SELECT FROM survey_answer WHERE score = 3")) == 1
    with pytest.raises(CaseUnknown):
        await finding.find(case=case)


async def test_a_case_tells_whose_an_answer_was_no_longer_than_the_answer_does(clara: UUID, susi: UUID):
    await case_of(clara, 3)
    await retaining.retain(at=NOON + timedelta(days=2 * 365 - 1))
    assert len(await ground.fetch("SELECT FROM customer_case")) == 1
    await retaining.retain(at=NOON + timedelta(days=2 * 365 + 2))
    assert await ground.fetch("SELECT FROM customer_case") == []
    assert await ground.fetch("SELECT FROM survey_answer WHERE customer IS NOT NULL") == []


async def test_whose_data_rest_is_nobodys_to_come_across(clara: UUID, susi: UUID):
    case = await case_of(clara, 3)
    hold = Hold(kind="restriction", ground="x", actor="system:test", rights_case=None, began_at=NOON, due_at=None)
    await holding.hold(customer=clara, hold=hold)
    with pytest.raises(CaseUnknown):
        await finding.find(case=case)
    with pytest.raises(CaseUnknown):
        await jotting.jot(case=case, text="…", by=susi, at=NOON)
    assert (await listing.cases(wanted=Wanted(), at=NOON)).rows == []
    assert (await measuring.loop(member=susi, at=NOON)).open == 0
    assert await reminding.remind(at=NOON + 3 * DAY) == 0


async def test_lists_have_what_is_due_first_and_what_is_late_alone(clara: UUID, susi: UUID):
    late, soon = await case_of(clara, 2, at=NOON - 3 * DAY), await case_of(clara, 3)
    later = await case_of(clara, 7)
    reached = await case_of(clara, 4, at=NOON - 4 * DAY)
    await contacting.reach(case=reached, way="phone", note="", by=susi, at=NOON - 3 * DAY)

    async def listed(**wanted: object) -> list[UUID]:
        return [row.id for row in (await listing.cases(wanted=Wanted(**wanted), at=NOON)).rows]  # type: ignore[arg-type]

    assert await listed() == [reached, late, soon, later]
    assert await listed(view="overdue") == [late]
    assert await listed(mood="undecided") == [later]
    assert await listed(owner=uuid4()) == []
    await closing.close(case=late, outcome="no_answer", note="", by=susi, at=NOON)
    assert await listed(view="closed") == [late]
    first = await listing.cases(wanted=Wanted(), at=NOON, limit=2)
    rest = await listing.cases(wanted=Wanted(), at=NOON, after=first.after, limit=2)
    assert [row.id for row in [*first.rows, *rest.rows]] == [reached, soon, later]


async def test_owners_are_told_of_new_cases_then_of_near_deadlines_then_of_late_ones_and_no_more(
    clara: UUID, susi: UUID
):
    sven = await member("Sven", role="support")
    wanted = Arrangement(deadlines=rules.OURS, owner=susi)
    await arranging.arrange(wanted=wanted, actor=f"staff:{sven}", at=NOON)
    await case_of(clara, 3)
    await case_of(clara, 4)
    assert await reminding.remind(at=NOON + HOUR) == 2
    assert await digests() == [susi]
    assert await reminding.remind(at=NOON + 2 * HOUR) == 0
    assert await reminding.remind(at=NOON + 30 * HOUR) == 2
    assert await reminding.remind(at=NOON + 40 * HOUR) == 0
    assert await reminding.remind(at=NOON + 3 * DAY) == 2
    assert await reminding.remind(at=NOON + 4 * DAY) == 0
    assert await digests() == [susi, susi, susi]


async def test_what_is_nobodys_all_are_told_who_may_take_it(clara: UUID):
    await case_of(clara, 3)
    sven, susi = await member("Sven", role="support"), await member("Susi", role="support")
    await member("Vera", role="viewer")
    assert await reminding.remind(at=NOON + HOUR) == 1
    assert set(await digests()) == {sven, susi}


async def digests() -> list[UUID]:
    rows = await ground.fetch("SELECT member FROM message WHERE kind = 'care_digest' ORDER BY created_at")
    return [row["member"] for row in rows]


async def test_the_loop_is_measured_by_when_people_were_reached(clara: UUID, susi: UUID):
    assert (await measuring.loop(member=susi, at=NOON)).median is None
    for hours in (1, 3, 10):
        case = await case_of(clara, 3)
        await contacting.reach(case=case, way="phone", note="", by=susi, at=NOON + hours * HOUR)
        await closing.close(case=case, outcome="solved", note="", by=susi, at=NOON + hours * HOUR)
    await case_of(clara, 3)
    loop = await measuring.loop(member=susi, at=NOON + 3 * DAY)
    assert (loop.open, loop.overdue, loop.mine) == (1, 1, 1)
    assert (loop.opened, loop.reached, loop.in_time, loop.judged) == (4, 3, 3, 4)
    assert loop.median == 3 * HOUR
    # Fewer than the least cell: no outcome is shown that could be about somebody.
    assert loop.outcomes == {}
    for _ in range(2):
        case = await case_of(clara, 3, at=NOON + HOUR)
        await closing.close(case=case, outcome="no_answer", note="", by=susi, at=NOON + 2 * HOUR)
    assert (await measuring.loop(member=susi, at=NOON + 3 * DAY)).outcomes == {"solved": 3, "no_answer": 2}


async def test_what_people_say_next_is_counted_once_enough_have(clara: UUID, susi: UUID):
    for number, score in enumerate((9, 10, 7, 3, 9)):
        person = await whole.person(f"guest-{number}@people.example", at=NOON)
        case = await case_of(person, 2)
        await closing.close(case=case, outcome="no_answer", note="", by=susi, at=NOON + HOUR)
        if number == 4:
            assert (await measuring.loop(member=susi, at=NOON + DAY)).next == {}
        await answered(person, score, at=NOON + 2 * HOUR)
    assert (await measuring.loop(member=susi, at=NOON + DAY)).next == {"unhappy": 1, "undecided": 1, "glad": 3}


async def test_a_complaint_is_answered_by_a_mail_that_people_can_answer(clara: UUID, susi: UUID):
    case = await case_of(clara, 3, comment="Ich wurde doppelt belastet.")
    words = Words(None, "Ihre Rechnung", "das tut uns leid.\n\nDie 49,90 € sind zurücküberwiesen: {{ 7 }}")
    message = await replying.reply(case=case, words=words, by=susi, at=NOON + HOUR)
    assert (await finding.find(case=case)).state == "contacted"
    mail = await delivered(message)
    assert mail["Subject"] == "Ihre Rechnung"
    assert "Auto-Submitted" not in mail
    assert "List-Unsubscribe" not in mail, "it advertises nothing"
    body = mail.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    assert "Guten Tag Clara" in text
    # Nothing is filled in into what somebody wrote, and an amount is no advertisement.
    assert "Die 49,90 € sind zurücküberwiesen: {{ 7 }}" in text
    assert "/rights?lang=de" in text
    (row,) = await ground.fetch("SELECT basis, purpose, state FROM message WHERE id = $1", message)
    assert (row["basis"], row["purpose"], row["state"]) == ("legitimate_interest", None, "sent")


async def test_a_mark_without_a_word_is_asked_about_only_with_consent(clara: UUID, susi: UUID):
    case, words = await case_of(clara, 3), Words(None, "Ihre Note", "was ist geschehen?")
    with pytest.raises(MayNotWrite):
        await replying.reply(case=case, words=words, by=susi, at=NOON)
    assert await ground.fetch("SELECT FROM message_letter") == []
    assert await told(case) == ["opened", "assigned"]
    await caring.allow(clara, CLARA, "survey")
    message = await replying.reply(case=case, words=words, by=susi, at=NOON)
    mail = await delivered(message)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "Ihre Note" in mail["Subject"]


@pytest.mark.parametrize(
    ("subject", "wording", "fields"),
    [
        ("", "x", {"subject"}),
        ("x", " \n", {"wording"}),
        ("x", "Sie bekommen 10 % Rabatt auf alles.", {"wording"}),
        ("x", "Empfehlen Sie uns weiter!", {"wording"}),
        ("x", "Bewerten Sie uns bitte neu.", {"wording"}),
        ("x", "Please give us a better rating.", {"wording"}),
        ("Unser Angebot", "https://thief.example", {"subject", "wording"}),
        ("x", "y" * 4001, {"wording"}),
    ],
)
async def test_no_letter_advertises_or_asks_for_praise(
    clara: UUID, susi: UUID, subject: str, wording: str, fields: set[str]
):
    case = await case_of(clara, 3, comment="Zu laut.")
    with pytest.raises(Refusals) as refused:
        await replying.reply(case=case, words=Words(None, subject, wording), by=susi, at=NOON)
    assert {fault.field for fault in refused.value.faults} == fields


async def delivered(message: UUID) -> EmailMessage:
    """The mail as it went out."""
    sent: list[EmailMessage] = []

    async def post(mail: EmailMessage) -> str:
        sent.append(mail)
        return "250 2.0.0"

    await delivering.deliver(message=message, post=post, at=NOON + HOUR)
    assert len(sent) == 1
    return sent[0]
