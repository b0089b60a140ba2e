"""A wave asks whom it may, by lot where it is a sample, once; reminds whom it may; and says of all others why not."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import msgspec
import pytest

from leumund.audit import listing as log
from leumund.company import describing
from leumund.consent.stopping import withdrawing
from leumund.consent.texts import publishing as texts
from leumund.customers.records import holding
from leumund.customers.records.holding import Hold
from leumund.customers.segments import keeping
from leumund.customers.segments.defining import Condition, Group
from leumund.customers.segments.defining import Definition as Segment
from leumund.customers.segments.keeping import Worded
from leumund.kit import ground
from leumund.kit.faults import Refusals
from leumund.messages import delivering
from leumund.messages.gate import limiting
from leumund.messages.gate.quieting import Quiet
from leumund.privacy.copies import accessing
from leumund.surveys.asking import arranging, counting, ending, inviting, listing, planning, reminding
from leumund.surveys.asking.arranging import Limits
from leumund.surveys.asking.planning import NotADraft, Plan
from leumund.surveys.questions.defining import Definition, Question, Wording
from leumund.surveys.studio import closing, publishing
from leumund.surveys.studio.publishing import NoSurvey
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from leumund.worker import asking as worker
from tests import polled
from tests.conftest import NOON
from tests.rooms import segmented, whole
from tests.rooms.test_surveys import ACTOR, agreed

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
PLAN = Plan(key="nps", languages=["de"])


async def begun(plan: Plan = PLAN, *, at: datetime = NOON) -> UUID:
    """A wave that was released and has asked whom it may."""
    wave = await planning.plan(plan=plan, actor=ACTOR, at=at)
    await planning.release(wave=wave, actor=ACTOR, at=at)
    await asked(wave, at=at)
    return wave


async def asked(wave: UUID, *, at: datetime) -> None:
    """What a worker does of it."""
    while not (await listing.find(wave=wave)).asked_at and not (await listing.find(wave=wave)).ended_at:
        await inviting.go_on(wave=wave, at=at)


async def reminded(wave: UUID, *, at: datetime) -> None:
    """What a worker does of a reminder: as often as there is a job that is due."""
    for _ in range(4):
        await reminding.remind(wave=wave, at=at)


async def people(number: int) -> list[UUID]:
    return [await agreed(f"guest{each}@people.example") for each in range(number)]


async def invited(wave: UUID) -> list[UUID]:
    rows = await ground.fetch("SELECT customer FROM survey_invitation WHERE wave = $1", wave)
    return [row["customer"] for row in rows]


async def held(wave: UUID, *, step: int = 0) -> dict[UUID, str]:
    rows = await ground.fetch("SELECT customer, reason FROM survey_held WHERE wave = $1 AND step = $2", wave, step)
    return {row["customer"]: row["reason"] for row in rows}


async def delivered(at: datetime) -> list[UUID]:
    """Whom the mails reach that are delivered now."""

    async def post(_: object) -> str:
        return "250 2.0.0"

    before = await ground.fetch("SELECT id, customer FROM message WHERE state = 'queued' ORDER BY created_at, id")
    for row in before:
        await delivering.deliver(message=row["id"], post=post, at=at)
    sent = await ground.fetch("SELECT id FROM message WHERE state = 'sent' AND sent_at = $1", at)
    return [row["customer"] for row in before if row["id"] in {each["id"] for each in sent}]


async def roomy() -> None:
    """The company lets people get a reminder."""
    await limiting.limit(purpose="survey", most=3, within_days=60, actor=ACTOR, at=NOON)


async def refused(plan: Plan) -> set[str | None]:
    with pytest.raises(Refusals) as fault:
        await planning.plan(plan=plan, actor=ACTOR, at=NOON)
    return {each.field for each in fault.value.faults}


def changed(plan: Plan = PLAN, **into: object) -> Plan:
    return msgspec.structs.replace(plan, **into)


async def test_everybody_is_either_asked_or_told_of_with_a_reason(inside: ground.Ground):
    await whole.company(at=NOON)
    clara, dora, emil, fritz = await people(4)
    bert = await whole.person("bert@people.example", at=NOON)
    nobody = await whole.person("gone@people.example", at=NOON)
    await ground.execute(
        "UPDATE customer SET email_hash = NULL, email_sealed = NULL, external_id = 'K-9' WHERE id = $1", nobody
    )
    await withdrawing.withdraw(customer=dora, email="guest1@people.example", purpose="survey", source="portal", at=NOON)
    await polled.invite([emil], languages=["de"], at=NOON - DAY)
    rest = Hold(kind="restriction", ground="accuracy", actor=ACTOR, rights_case=None, began_at=NOON, due_at=None)
    await holding.hold(customer=fritz, hold=rest)

    due = await counting.due(
        wave=await listing.find(wave=await planning.plan(plan=PLAN, actor=ACTOR, at=NOON)), at=NOON
    )
    wave = await begun()

    assert await invited(wave) == [clara]
    reasons = {bert: "no_consent", nobody: "no_address", dora: "suppressed", emil: "quarantine", fritz: "at_rest"}
    assert await held(wave) == reasons
    assert (due.asked, due.held, due.is_exact) == (1, dict.fromkeys(reasons.values(), 1), True)
    assert (await counting.progress(wave=await listing.find(wave=wave))).held == {0: due.held}


async def test_a_draft_asks_nobody_and_is_released_once(inside: ground.Ground):
    await whole.company(at=NOON)
    await people(1)
    wave = await planning.plan(plan=PLAN, actor=ACTOR, at=NOON)
    assert (await listing.find(wave=wave)).state(NOON) == "draft"
    assert await invited(wave) == []
    await planning.release(wave=wave, actor=ACTOR, at=NOON)
    for deed in (planning.release(wave=wave, actor=ACTOR, at=NOON), planning.discard(wave=wave)):
        with pytest.raises(NotADraft):
            await deed
    other = await planning.plan(plan=PLAN, actor=ACTOR, at=NOON)
    await planning.discard(wave=other)
    with pytest.raises(listing.WaveUnknown):
        await listing.find(wave=other)


async def test_a_wave_goes_on_until_everybody_is_asked_and_a_job_done_twice_asks_nobody_twice(
    inside: ground.Ground, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(inviting, "CHUNK", 3)
    await whole.company(at=NOON)
    guests = await people(7)
    wave = await begun()
    await inviting.go_on(wave=wave, at=NOON)
    assert sorted(await invited(wave)) == sorted(guests)
    assert (await listing.find(wave=wave)).state(NOON) == "open"
    assert (await listing.find(wave=wave)).state(NOON + 30 * DAY) == "over"


async def test_a_sample_is_drawn_by_a_lot_that_can_be_drawn_again(inside: ground.Ground):
    await whole.company(at=NOON)
    guests = await people(40)
    unwilling = [await whole.person(f"no{each}@people.example", at=NOON) for each in range(10)]
    wave = await begun(changed(sample_size=15))
    found = await listing.find(wave=wave)
    lots = await ground.fetch(
        "SELECT id, hashtextextended(id::text, $2) & 9223372036854775807 AS lot FROM customer WHERE id = ANY ($1)",
        guests,
        found.seed,
    )
    lowest = [row["id"] for row in sorted(lots, key=lambda row: row["lot"])][:15]
    assert sorted(await invited(wave)) == sorted(lowest)
    reasons = await held(wave)
    assert {reasons[guest] for guest in guests if guest not in lowest} == {"sampled_out"}
    assert {reasons[each] for each in unwilling} <= {"sampled_out", "no_consent"}
    assert len(reasons) + 15 == 50, "of everybody it is told"


async def test_a_share_is_drawn_before_anybody_is_judged(inside: ground.Ground):
    await whole.company(at=NOON)
    await people(60)
    plan = changed(sample_percent=30)
    wave = await planning.plan(plan=plan, actor=ACTOR, at=NOON)
    due = await counting.due(wave=await listing.find(wave=wave), at=NOON)
    await planning.release(wave=wave, actor=ACTOR, at=NOON)
    await asked(wave, at=NOON)
    assert len(await invited(wave)) == due.asked
    assert due.held == {"sampled_out": 60 - due.asked}
    assert 5 <= due.asked <= 31, "about a third: five standard deviations around 18"


async def test_two_seeds_draw_two_samples(inside: ground.Ground):
    await whole.company(at=NOON)
    await people(40)
    waves = [
        await listing.find(wave=await planning.plan(plan=changed(sample_size=10), actor=ACTOR, at=NOON))
        for _ in range(2)
    ]
    first, second = [await counting.drawing.lowest(wave=wave, most=10) for wave in waves]
    assert first != second
    assert first == await counting.drawing.lowest(wave=waves[0], most=10)


async def test_limits_are_the_companys_within_bounds(inside: ground.Ground):
    await whole.company(at=NOON)
    with pytest.raises(Refusals) as fault:
        await arranging.arrange(
            wanted=Limits(rest_days=29, yearly=13, link_days=6, delay_hours=721),
            quiet=Quiet(from_hour=24),
            region="XX",
            actor=ACTOR,
            at=NOON,
        )
    fields = {each.field for each in fault.value.faults}
    assert fields == {"rest_days", "yearly", "link_days", "delay_hours", "from_hour", "region"}
    wanted = Limits(rest_days=30, yearly=2, link_days=10)
    for _ in range(2):
        await arranging.arrange(wanted=wanted, quiet=Quiet(), region="BY", actor=ACTOR, at=NOON)
    assert (await arranging.limits(), (await describing.profile()).region) == (wanted, "BY")
    actions = [each.action for each in (await log.page()).rows]
    assert (actions.count("surveys.arranged"), actions.count("messages.quieted")) == (1, 1)


async def test_one_survey_asks_nobody_more_often_than_its_limit_within_a_year(inside: ground.Ground):
    await whole.company(at=NOON)
    await limiting.limit(purpose="survey", most=10, within_days=30, actor=ACTOR, at=NOON)
    await arranging.arrange(wanted=Limits(rest_days=30, yearly=2), quiet=Quiet(), region="", actor=ACTOR, at=NOON)
    other = Definition(
        titles={"de": "Zufrieden?"},
        questions=[Question(key="csat", kind="csat", texts={"de": Wording(question="Wie zufrieden?")})],
    )
    await publishing.publish(key="csat", definition=other, at=NOON)
    (clara,) = await people(1)
    for months in (0, 1):
        assert await invited(await begun(at=NOON + 31 * months * DAY)) == [clara]
    assert await held(await begun(at=NOON + 62 * DAY)) == {clara: "limit"}
    assert await invited(await begun(changed(key="csat"), at=NOON + 62 * DAY)) == [clara], "another survey may"
    assert await invited(await begun(at=NOON + 366 * DAY)) == [clara]


async def test_a_link_holds_as_long_as_the_company_says_and_no_longer_than_its_wave(inside: ground.Ground):
    await whole.company(at=NOON)
    await people(1)
    await arranging.arrange(wanted=Limits(link_days=10), quiet=Quiet(), region="", actor=ACTOR, at=NOON)
    await begun(changed(lasts_days=4))
    rows = await ground.fetch("SELECT expires_at FROM survey_invitation")
    assert [row["expires_at"] for row in rows] == [NOON + 4 * DAY]
    await ground.execute("DELETE FROM survey_invitation")
    await begun(changed(lasts_days=40))
    rows = await ground.fetch("SELECT expires_at FROM survey_invitation")
    assert [row["expires_at"] for row in rows] == [NOON + 10 * DAY]


async def test_a_mail_in_the_quiet_hours_waits_and_the_gate_is_asked_when_it_goes(inside: ground.Ground):
    await whole.company(at=NOON)
    clara, dora = await people(2)
    night = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)
    wave = await begun(at=night)
    assert sorted(await invited(wave)) == sorted([clara, dora])
    assert await delivered(night) == []
    await withdrawing.withdraw(
        customer=dora, email="guest1@people.example", purpose="survey", source="portal", at=night
    )
    morning = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
    assert await delivered(morning - MINUTE) == []
    assert await delivered(morning) == [clara]
    states = await ground.fetch("SELECT held_reason FROM message WHERE customer = $1", dora)
    assert [row["held_reason"] for row in states] == ["no_consent"]


async def test_a_wave_that_keeps_no_quiet_hours_sends_at_once(inside: ground.Ground):
    await whole.company(at=NOON)
    (clara,) = await people(1)
    night = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
    await begun(changed(quiet=False), at=night)
    assert await delivered(night) == [clara]


async def test_only_who_has_not_answered_is_reminded_and_no_more_often_than_planned(inside: ground.Ground):
    await whole.company(at=NOON)
    await roomy()
    clara, dora = await people(2)
    wave = await begun(changed(reminders=2, remind_after_days=7, quiet=False))
    assert sorted(await delivered(NOON + MINUTE)) == sorted([clara, dora])
    rows = await ground.fetch("SELECT id FROM survey_invitation WHERE customer = $1", clara)
    await whole.answer(rows[0]["id"], 9, at=NOON + DAY)

    await reminded(wave, at=NOON + 6 * DAY)
    assert await delivered(NOON + 6 * DAY) == [], "too early"
    for week in (1, 2, 3):
        at = NOON + week * 7 * DAY
        await reminded(wave, at=at)
        assert await delivered(at) == ([dora] if week < 3 else []), week
    kinds = await ground.fetch("SELECT kind FROM message WHERE customer = $1 ORDER BY created_at", dora)
    assert [row["kind"] for row in kinds] == ["survey_invitation", "survey_reminder", "survey_reminder"]


async def test_nobody_is_reminded_who_withdrew_rests_bounced_moved_or_was_never_reached(inside: ground.Ground):
    await whole.company(at=NOON)
    await roomy()
    names = clara, dora, emil, fritz, greta, hanna = await people(6)
    wave = await begun(changed(reminders=1, quiet=False))
    await ground.execute("UPDATE message SET state = 'held', held_reason = 'too_often' WHERE customer = $1", hanna)
    assert sorted(await delivered(NOON + MINUTE)) == sorted(names[:5])
    later = NOON + DAY
    await withdrawing.withdraw(
        customer=dora, email="guest1@people.example", purpose="survey", source="portal", at=later
    )
    rest = Hold(kind="restriction", ground="accuracy", actor=ACTOR, rights_case=None, began_at=later, due_at=None)
    await holding.hold(customer=emil, hold=rest)
    await ground.execute(
        "INSERT INTO mail_return (message, kind, at) SELECT id, 'permanent', $2 FROM message WHERE customer = $1",
        fritz,
        later,
    )
    await ground.execute("UPDATE customer SET email_hash = 'another' WHERE id = $1", greta)

    await reminded(wave, at=NOON + 7 * DAY)

    assert await delivered(NOON + 7 * DAY) == [clara]
    told = {dora: "suppressed", emil: "at_rest", fritz: "bounced", greta: "no_address", hanna: "unsent"}
    assert await held(wave, step=1) == told


async def test_a_reminder_that_waits_does_not_go_to_who_answers_meanwhile(inside: ground.Ground):
    await whole.company(at=NOON)
    await roomy()
    await people(1)
    wave = await begun(changed(reminders=1))
    assert len(await delivered(NOON + MINUTE)) == 1
    night = datetime(2026, 11, 30, 22, 0, tzinfo=UTC)
    await reminded(wave, at=night)
    rows = await ground.fetch("SELECT id FROM survey_invitation")
    await whole.answer(rows[0]["id"], 9, at=night + MINUTE)
    assert await delivered(night + timedelta(hours=12)) == []
    told = await ground.fetch("SELECT held_reason FROM message WHERE kind = 'survey_reminder'")
    assert [row["held_reason"] for row in told] == ["answered"]


async def test_a_reminder_that_could_not_get_through_is_not_planned(inside: ground.Ground):
    await whole.company(at=NOON)
    assert await refused(changed(reminders=1)) == {"reminders"}, "one mail in 90 days is all there is"
    await roomy()
    await planning.plan(plan=changed(reminders=1), actor=ACTOR, at=NOON)


async def test_a_reminder_keeps_the_distance_that_a_consent_promised(inside: ground.Ground):
    await whole.company(at=NOON)
    await roomy()
    emil = await agreed("emil@people.example")
    told = {"title": "Umfragen", "wording": "Ja, höchstens alle 20 Tage.", "data": {"purpose": {"frequency_days": 20}}}
    for lang in ("de", "en"):
        await texts.publish(kind="consent", purpose="survey", channels=["email"], language=lang, at=NOON, **told)
    clara = await agreed("clara@people.example")
    assert await refused(changed(reminders=2, remind_after_days=10)) == {"remind_after_days"}

    # Planned before the words were changed.
    wave = await planning.put(plan=changed(reminders=2, remind_after_days=10, quiet=False), actor=ACTOR, at=NOON)
    await planning.release(wave=wave, actor=ACTOR, at=NOON)
    await asked(wave, at=NOON)
    assert sorted(await delivered(NOON + MINUTE)) == sorted([clara, emil])
    await reminded(wave, at=NOON + 10 * DAY)
    assert await delivered(NOON + 10 * DAY) == [emil]
    assert await held(wave, step=1) == {clara: "promised"}
    await reminded(wave, at=NOON + 20 * DAY + 2 * MINUTE)
    assert clara in await delivered(NOON + 20 * DAY + 2 * MINUTE)


async def test_stopping_asks_nobody_else_and_calls_back_what_waits(
    inside: ground.Ground, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(inviting, "CHUNK", 2)
    await whole.company(at=NOON)
    await people(5)
    night = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
    wave = await planning.plan(plan=PLAN, actor=ACTOR, at=night)
    await planning.release(wave=wave, actor=ACTOR, at=night)
    await inviting.go_on(wave=wave, at=night)
    for _ in range(2):
        await ending.stop(wave=wave, actor=ACTOR, at=night + MINUTE)
    await inviting.go_on(wave=wave, at=night + MINUTE)
    assert len(await invited(wave)) == 2
    assert list((await held(wave)).values()) == ["stopped"] * 3
    assert await delivered(night + DAY) == []
    told = [each for each in (await log.page()).rows if each.action == "surveys.wave_ended"]
    assert [each.detail for each in told] == [{"reason": "stopped", "not_asked": 3, "not_sent": 2}]
    assert (await listing.find(wave=wave)).state(NOON) == "stopped"


async def test_a_closed_survey_begins_no_wave_and_ends_those_there_are(inside: ground.Ground):
    await whole.company(at=NOON)
    await people(1)
    planned = await planning.plan(plan=changed(starts_at=NOON + DAY), actor=ACTOR, at=NOON)
    draft = await planning.plan(plan=PLAN, actor=ACTOR, at=NOON)
    await planning.release(wave=planned, actor=ACTOR, at=NOON)
    await closing.close(key="nps", actor=ACTOR, at=NOON)
    assert await refused(PLAN) == {"key"}
    with pytest.raises(NoSurvey):
        await planning.release(wave=draft, actor=ACTOR, at=NOON)
    await inviting.go_on(wave=planned, at=NOON + DAY)
    assert (await listing.find(wave=planned)).state(NOON + DAY) == "closed"
    assert await invited(planned) == []


async def test_a_lead_without_a_contract_is_not_a_customer_to_ask(inside: ground.Ground):
    await whole.company(at=NOON)
    clara, dora = await people(2)
    await ground.execute("UPDATE customer SET stage = 'lead' WHERE id = $1", clara)
    wave = await begun()
    assert (await invited(wave), await held(wave)) == ([dora], {})


async def test_a_wave_in_the_portal_writes_to_nobody_and_needs_no_consent_but_rest(inside: ground.Ground):
    await whole.company(at=NOON)
    bert, clara = await whole.person("bert@people.example", at=NOON), await agreed("clara@people.example")
    await polled.invite([clara], languages=["de"], at=NOON - DAY)
    wave = await begun(changed(channel="portal"))
    assert (await invited(wave), await held(wave)) == ([bert], {clara: "quarantine"})
    mails = await ground.fetch("SELECT customer FROM message")
    assert [row["customer"] for row in mails] == [clara]
    assert await held(await begun(at=NOON + DAY)) == {bert: "quarantine", clara: "quarantine"}, "the portal counts, too"


async def test_what_is_planned_wrongly_is_told_beside_its_field(inside: ground.Ground):
    await whole.company(at=NOON)
    wrong: Sequence[tuple[Plan, set[str]]] = [
        (changed(key="nothing"), {"key"}),
        (changed(languages=[]), {"languages"}),
        (changed(languages=["fr"]), {"languages"}),
        (changed(channel="pigeon"), {"channel"}),
        (changed(sample_size=0), {"sample_size"}),
        (changed(sample_percent=100), {"sample_percent"}),
        (changed(lasts_days=366), {"lasts_days"}),
        (changed(channel="portal", reminders=1), {"reminders"}),
        (changed(reminders=3), {"reminders"}),
        (changed(remind_after_days=0), {"remind_after_days"}),
        (changed(starts_at=NOON - 2 * DAY), {"starts_at"}),
        (changed(starts_at=NOON + 400 * DAY), {"starts_at"}),
    ]
    for plan, fields in wrong:
        assert await refused(plan) == fields, plan
    await roomy()
    assert await refused(changed(reminders=2, remind_after_days=15)) == {"lasts_days"}


async def test_the_response_rate_is_of_those_a_wave_reached(inside: ground.Ground):
    await whole.company(at=NOON)
    await people(8)
    wave = await begun(changed(quiet=False))
    await delivered(NOON + MINUTE)
    rows = await ground.fetch("SELECT id, customer FROM survey_invitation ORDER BY id")
    for row in rows[:2]:
        await whole.answer(row["id"], 9, at=NOON + DAY)
    await ground.execute(
        "INSERT INTO mail_return (message, kind, at) SELECT id, 'permanent', $2 FROM message WHERE customer = $1",
        rows[7]["customer"],
        NOON,
    )
    (course,) = (await counting.progress(wave=await listing.find(wave=wave))).channels
    assert (course.channel, course.asked, course.reached, course.answered) == ("email", 8, 7, 2)
    assert course.rate.share == pytest.approx(2 / 7)


async def test_the_mail_asks_the_leading_question_of_the_version_it_was_begun_with(inside: ground.Ground):
    await whole.company(at=NOON)
    await people(1)
    definition = Definition(
        titles={"de": "Zufrieden?"},
        questions=[
            Question(key="csat", kind="csat", texts={"de": Wording(question="Wie zufrieden?", low="gar nicht")})
        ],
    )
    survey = await publishing.publish(key="csat", definition=definition, at=NOON)
    wave = await begun(changed(key="csat"))
    assert (await listing.find(wave=wave)).survey == survey.id
    (mail,) = await ground.fetch("SELECT question, marks FROM message")
    assert mail["question"] == "Wie zufrieden?"
    assert msgspec.json.decode(mail["marks"]) == {"kind": "csat", "first": 1, "last": 5, "low": "gar nicht"}


async def test_the_mail_of_an_anonymous_survey_has_no_mark_in_any_address(inside: ground.Ground):
    await whole.company(at=NOON)
    await people(1)
    asked = Definition(
        titles={"de": "Ehrlich?"},
        questions=[Question(key="csat", kind="csat", texts={"de": Wording(question="Wie zufrieden?")})],
    )
    await publishing.publish(key="ehrlich", definition=asked, named=False, at=NOON)
    await begun(changed(key="ehrlich"))
    assert await ground.fetch("SELECT question, marks FROM message") == [{"question": "Wie zufrieden?", "marks": None}]


async def test_a_wave_asks_its_segment_alone(inside: ground.Ground):
    await whole.company(at=NOON)
    clara, dora = await people(2)
    segment = await speaking("de")
    await ground.execute("UPDATE customer SET language = 'de' WHERE id = $1", clara)
    await ground.execute("UPDATE customer SET language = 'en' WHERE id = $1", dora)
    wave = await planning.plan(plan=changed(segment=segment), actor=ACTOR, at=NOON)
    await planning.release(wave=wave, actor=ACTOR, at=NOON)
    for _ in range(2):
        # What the worker does, which works out first who is in it now.
        await worker.DEEDS[planning.KIND](wave, NOON)
    assert (await invited(wave), await held(wave)) == ([clara], {})
    assert await refused(changed(segment=uuid4())) == {"segment"}
    await keeping.end(segment=segment, actor=ACTOR, at=NOON)
    assert await refused(changed(segment=segment)) == {"segment"}


async def speaking(language: str) -> UUID:
    """A segment of those who speak ``language``, which nobody has worked out yet."""
    spoken = Condition(fact="language", op="in", among=(language,))
    worded = Worded(name="Sprache", purpose="Wir fragen sie.", definition=Segment(root=Group(join="all", of=(spoken,))))
    return await keeping.create(worded=worded, actor=ACTOR, at=NOON)


async def test_class_c_is_spared_unless_the_wave_or_the_company_overrules_it(inside: ground.Ground):
    await whole.company(at=NOON)
    clara, dora = await people(2)
    await segmented.offer_profiling(at=NOON)
    await whole.allow(dora, "guest1@people.example", purpose="profile", at=NOON)
    await ground.execute(
        "INSERT INTO customer_class (customer, currency, class, rank, cents, before_cents, total_cents, since_date) "
        "VALUES ($1, 'EUR', 'C', 2, 100, 9900, 10000, '2026-11-01')",
        dora,
    )
    wave = await begun()
    assert (await invited(wave), await held(wave)) == ([clara], {dora: "class_c"})
    assert await invited(await begun(changed(includes_c=True))) == [dora]


async def test_a_survey_that_is_closed_calls_back_what_waits(inside: ground.Ground):
    await whole.company(at=NOON)
    await people(2)
    night = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
    wave = await begun(at=night)
    await closing.close(key="nps", actor=ACTOR, at=night)
    survey = await publishing.current(key="nps")
    await worker.DEEDS[closing.CLOSED](survey.id, night)
    assert await delivered(night + DAY) == []
    assert (await listing.find(wave=wave)).state(night) == "closed"


async def test_a_person_reads_in_their_copy_why_they_were_not_asked(inside: ground.Ground):
    await whole.company(at=NOON)
    bert = await whole.person("bert@people.example", at=NOON)
    await begun()
    told = accessing.as_json(await accessing.copy(customer=bert, at=NOON), language="de")
    assert b"no_consent" in told


async def test_a_wave_whose_time_is_over_asks_nobody_else(inside: ground.Ground, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(inviting, "CHUNK", 1)
    await whole.company(at=NOON)
    await people(2)
    wave = await planning.plan(plan=changed(lasts_days=2), actor=ACTOR, at=NOON)
    await planning.release(wave=wave, actor=ACTOR, at=NOON)
    await inviting.go_on(wave=wave, at=NOON)
    await inviting.go_on(wave=wave, at=NOON + 2 * DAY)
    assert len(await invited(wave)) == 1
    assert list((await held(wave)).values()) == ["stopped"]


async def test_two_waves_at_once_ask_nobody_twice(deployment: Deployment, company: Tenant):
    async with deployment.scopes.inside(company):
        await whole.company(at=NOON)
        await people(20)
        waves = [await planning.plan(plan=PLAN, actor=ACTOR, at=NOON) for _ in range(3)]
        for wave in waves:
            await planning.release(wave=wave, actor=ACTOR, at=NOON)

    async def work(wave: UUID) -> None:
        for _ in range(2):
            async with deployment.scopes.inside(company):
                await inviting.go_on(wave=wave, at=NOON)

    await asyncio.gather(*map(work, waves))
    async with deployment.scopes.reading(company):
        asked = [row["customer"] for row in await ground.fetch("SELECT customer FROM survey_invitation")]
        reasons = {row["reason"] for row in await ground.fetch("SELECT reason FROM survey_held")}
    assert (len(asked), len(set(asked)), reasons) == (20, 20, {"quarantine"})
