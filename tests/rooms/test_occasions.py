"""An occasion comes for whom it should, at its moment, once, and only where it may."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import msgspec
import pytest

from leumund.consent.stopping import objecting, withdrawing
from leumund.customers.changing import rectifying
from leumund.customers.intake import importing
from leumund.customers.records import finding, holding, remembering
from leumund.customers.records.holding import Hold
from leumund.insight import comparing
from leumund.kit import ground
from leumund.kit.faults import Refusals
from leumund.kit.ground import Ground
from leumund.occasions import carding, drafting, foreseeing, listing, publishing, reading
from leumund.occasions.defining import Said, Step, Trigger
from leumund.rewards import converting
from leumund.rewards.buying import CustomerRef
from leumund.rewards.converting import Order
from leumund.surveys.caring import opening as caring
from tests.conftest import NOON
from tests.rooms import occasioned, whole
from tests.rooms.occasioned import MAIL, definition

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
# Two in the morning by UTC, when nights begin; it is a Monday in winter, and Berlin is an hour ahead.
NIGHT = datetime(2026, 11, 23, 2, tzinfo=UTC)
NINE = datetime(2026, 11, 23, 8, tzinfo=UTC)
BIRTHDAY = Trigger(kind="birthday")


@pytest.fixture(autouse=True)
async def _company(inside: Ground) -> None:
    await occasioned.company(at=NIGHT - 400 * DAY)


async def anna(**more: object) -> UUID:
    return await occasioned.customer("Anna", born=date(1980, 11, 23), at=NIGHT - 300 * DAY, **more)


async def bought(person: UUID, *, at: datetime) -> None:
    row = (await ground.fetch("SELECT external_id FROM customer WHERE id = $1", person))[0]
    order = Order(
        customer=CustomerRef(external_id=row["external_id"]),
        order_id=f"O-{person}-{at.isoformat()}",
        cents=5_000,
        currency="EUR",
        occurred_at=at,
    )
    await converting.convert(order=order, at=at)


async def test_a_birthday_is_greeted_at_nine_in_the_company_s_words_and_never_twice():
    person = await anna()
    occasion = await occasioned.running(definition(BIRTHDAY), at=NIGHT - DAY)
    assert await occasioned.night(occasion, at=NIGHT) == 1
    await occasioned.work(occasion, at=NINE - HOUR)
    assert await occasioned.mails(person) == [], "it is not nine yet"
    for _ in range(2):
        await occasioned.work(occasion, at=NINE)
        await occasioned.night(occasion, at=NINE)
    (mail,) = await occasioned.mails(person)
    assert await occasioned.delivered(mail, at=NINE) == (["Alles Gute, Anna"], None)
    assert [(run["state"], run["occurrence"]) for run in await occasioned.runs(occasion)] == [("done", "2026")]


async def test_the_next_year_it_comes_again():
    person = await anna()
    occasion = await occasioned.running(definition(BIRTHDAY), at=NIGHT - DAY)
    for year in (2026, 2027, 2028):
        await occasioned.night(occasion, at=NIGHT.replace(year=year))
        await occasioned.work(occasion, at=NINE.replace(year=year))
    assert len(await occasioned.mails(person)) == 3


async def test_who_was_born_on_the_29th_of_february_is_greeted_every_year():
    person = await occasioned.customer("Lea", born=date(2000, 2, 29), at=NIGHT - 300 * DAY)
    occasion = await occasioned.running(definition(BIRTHDAY), at=NIGHT - DAY)
    at = datetime(2027, 2, 1, 2, tzinfo=UTC)
    while at.year < 2029:
        if at.month in (2, 3):
            await occasioned.night(occasion, at=at)
            await occasioned.work(occasion, at=at + 6 * HOUR)
        at += DAY
    assert [mail.created_at.date() for mail in await occasioned.mails(person)] == [date(2027, 2, 28), date(2028, 2, 29)]


@pytest.mark.parametrize("told", ["registered", "rectified", "remembered"])
async def test_a_birthday_is_found_however_it_came_and_gone_with_it(told: str):
    person = await anna()
    if told == "rectified":
        await rectifying.rectify(customer=person, told={"birth_date": "1980-11-24"}, actor="staff:test", at=NIGHT)
        await rectifying.rectify(customer=person, told={"birth_date": "1980-11-23"}, actor="staff:test", at=NIGHT)
    if told == "remembered":
        await ground.execute("UPDATE customer SET birth_day_hash = NULL WHERE id = $1", person)
        assert await remembering.remember() == 1
        assert await remembering.remember() == 0
    occasion = await occasioned.running(definition(BIRTHDAY), at=NIGHT - DAY)
    assert await occasioned.night(occasion, at=NIGHT) == 1
    await rectifying.rectify(customer=person, told={"birth_date": ""}, actor="staff:test", at=NIGHT)
    rows = await ground.fetch("SELECT birth_day_hash FROM customer WHERE id = $1", person)
    assert rows[0]["birth_day_hash"] is None


async def test_two_birthdays_of_one_day_share_a_hash_and_tell_no_year():
    one = await anna()
    other = await occasioned.customer("Bert", born=date(1955, 11, 23), at=NIGHT - DAY)
    rows = await ground.fetch("SELECT DISTINCT birth_day_hash FROM customer WHERE id = ANY ($1)", [one, other])
    assert len(rows) == 1


async def test_who_did_not_agree_is_put_down_with_the_reason_and_hears_nothing():
    person = await anna(channels=())
    occasion = await occasioned.running(definition(BIRTHDAY), at=NIGHT - DAY)
    assert await occasioned.night(occasion, at=NIGHT) == 0
    await occasioned.work(occasion, at=NINE)
    assert await occasioned.mails(person) == []
    assert [run["reason"] for run in await occasioned.runs(occasion)] == ["no_consent"]


async def test_who_takes_their_consent_back_in_the_last_minute_is_held_by_the_gate_and_the_list_says_so():
    person = await anna()
    occasion = await occasioned.running(definition(BIRTHDAY), at=NIGHT - DAY)
    await occasioned.night(occasion, at=NIGHT)
    await occasioned.work(occasion, at=NINE)
    email = (await finding.known(customer=person)).email
    await withdrawing.withdraw(customer=person, email=email, source="test", evidence={}, at=NINE)
    (mail,) = await occasioned.mails(person)
    assert await occasioned.delivered(mail, at=NINE + HOUR) == ([], "no_consent")
    (line,) = (await listing.runs(occasion=occasion)).rows
    assert [(step.became, step.reason) for step in line.steps] == [("held", "no_consent")]


async def test_whose_data_rest_is_passed_over_and_stopped_on_the_way():
    person = await anna()
    wait = Step(kind="wait", days=1)
    occasion = await occasioned.running(definition(BIRTHDAY, MAIL, wait, MAIL), at=NIGHT - DAY)
    await occasioned.night(occasion, at=NIGHT)
    await occasioned.work(occasion, at=NINE)
    resting = Hold(kind="restriction", ground="x", actor="staff:t", rights_case=None, began_at=NINE, due_at=None)
    await holding.hold(customer=person, hold=resting)
    await occasioned.work(occasion, at=NINE + DAY)
    assert len(await occasioned.mails(person)) == 1
    assert [run["reason"] for run in await occasioned.runs(occasion)] == ["restriction"]
    assert await occasioned.night(occasion, at=NIGHT.replace(year=2027)) == 0


async def test_after_nights_without_a_worker_nobody_is_greeted_days_later_and_it_is_put_down():
    person = await anna()
    occasion = await occasioned.running(definition(BIRTHDAY), at=NIGHT - 3 * DAY)
    await occasioned.night(occasion, at=NIGHT - 3 * DAY)
    assert await occasioned.night(occasion, at=NIGHT + 5 * DAY) == 0
    assert [run["reason"] for run in await occasioned.runs(occasion)] == ["too_late"]
    assert await occasioned.mails(person) == []


async def test_a_job_that_comes_more_than_a_day_late_drops_the_mail_and_goes_on():
    person = await anna()
    occasion = await occasioned.running(definition(BIRTHDAY, MAIL, Step(kind="wait", days=7), MAIL), at=NIGHT - DAY)
    await occasioned.night(occasion, at=NIGHT)
    await occasioned.work(occasion, at=NINE + 2 * DAY)
    await occasioned.work(occasion, at=NINE + 7 * DAY)
    assert len(await occasioned.mails(person)) == 1
    (line,) = (await listing.runs(occasion=occasion)).rows
    assert [step.became for step in line.steps] == ["left_out", "queued"]
    assert line.steps[0].reason == "too_late"


async def test_nothing_goes_in_quiet_hours():
    person = await anna()
    occasion = await occasioned.running(definition(BIRTHDAY), at=NIGHT - DAY)
    await occasioned.night(occasion, at=NIGHT)
    await occasioned.work(occasion, at=NINE + 12 * HOUR)
    assert await occasioned.mails(person) == []
    await occasioned.work(occasion, at=NINE + 23 * HOUR)
    assert len(await occasioned.mails(person)) == 1, "at eight the next morning, which is no day late yet"


async def test_a_purchase_is_followed_up_until_the_person_buys_again():
    person = await anna()
    await bought(person, at=NINE - 3 * DAY)
    steps = (MAIL, Step(kind="wait", days=21), Step(kind="stop", reasons=["bought"]), MAIL)
    occasion = await occasioned.running(definition(Trigger(kind="purchase", days=3), *steps), at=NIGHT - DAY)
    assert await occasioned.night(occasion, at=NIGHT) == 1
    await occasioned.work(occasion, at=NINE)
    await bought(person, at=NINE + DAY)
    await occasioned.night(occasion, at=NIGHT + 4 * DAY)
    assert len(await occasioned.runs(occasion)) == 1, "they are still in it since the first purchase"
    await occasioned.work(occasion, at=NINE + 21 * DAY)
    assert len(await occasioned.mails(person)) == 1
    assert [(run["state"], run["reason"]) for run in await occasioned.runs(occasion)] == [("stopped", "bought")]


async def test_an_answer_brings_it_by_its_class_and_never_asks_the_unhappy_to_recommend():
    glad, sad = await anna(), await occasioned.customer("Bert", at=NIGHT - 300 * DAY)
    await whole.answered(glad, score=10, comment="", at=NINE - DAY)
    await whole.answered(sad, score=3, comment="", at=NINE - DAY)
    occasion = await occasioned.running(definition(Trigger(kind="answer", days=1, answer="promoter")), at=NIGHT - DAY)
    await occasioned.night(occasion, at=NIGHT)
    assert [run["customer"] for run in await occasioned.runs(occasion)] == [glad]
    christmas = await occasioned.running(definition(Trigger(kind="date", month=11, day=23)), at=NIGHT - DAY)
    await occasioned.night(christmas, at=NIGHT)
    assert {run["customer"]: run["reason"] for run in await occasioned.runs(christmas)} == {
        glad: None,
        sad: "detractor",
    }
    with pytest.raises(Refusals, match="detractor"):
        await occasioned.running(definition(Trigger(kind="answer", days=1, answer="detractor")), at=NIGHT)


async def test_who_becomes_unhappy_on_the_way_is_left_out_from_then_on():
    person = await anna()
    occasion = await occasioned.running(definition(BIRTHDAY), at=NIGHT - DAY)
    await occasioned.night(occasion, at=NIGHT)
    await whole.answered(person, score=2, comment="", at=NIGHT + HOUR)
    await occasioned.work(occasion, at=NINE)
    assert await occasioned.mails(person) == []
    (line,) = (await listing.runs(occasion=occasion)).rows
    assert line.steps[0].reason == "detractor"


async def test_who_is_being_looked_after_or_in_two_minds_is_not_asked():
    looked_after, undecided = (
        await anna(),
        await occasioned.customer("Bert", born=date(1970, 11, 23), at=NIGHT - 300 * DAY),
    )
    await whole.answered(looked_after, score=1, comment="Zu laut.", at=NIGHT - 5 * DAY)
    (answer,) = await ground.fetch("SELECT id FROM survey_answer WHERE customer = $1", looked_after)
    assert await caring.open(answer=answer["id"], at=NIGHT - 5 * DAY)
    await ground.execute("UPDATE survey_answer SET marks = '{\"recommend\": 9}' WHERE id = $1", answer["id"])
    await whole.answered(undecided, score=7, comment="", at=NIGHT - 5 * DAY)
    occasion = await occasioned.running(definition(BIRTHDAY), at=NIGHT - DAY)
    await occasioned.night(occasion, at=NIGHT)
    reasons = {run["customer"]: run["reason"] for run in await occasioned.runs(occasion)}
    assert reasons == {looked_after: "detractor", undecided: "detractor"}


async def test_an_anniversary_comes_from_the_first_year_on():
    old = await occasioned.customer("Olga", since=date(2020, 11, 23), at=NIGHT - 300 * DAY)
    await occasioned.customer("Neo", since=date(2026, 11, 23), at=NIGHT)
    occasion = await occasioned.running(definition(Trigger(kind="anniversary")), at=NIGHT - DAY)
    await occasioned.night(occasion, at=NIGHT)
    assert [run["customer"] for run in await occasioned.runs(occasion)] == [old]
    await occasioned.customer("Jana", since=date(2026, 1, 5), at=NIGHT)
    anniversary = definition(Trigger(kind="anniversary"))
    assert await foreseeing.due(definition=anniversary, at=NOON) == 1, "Neo came today"
    assert await foreseeing.due(definition=anniversary, at=NOON + 20 * DAY) == 1, "over the turn of the year"


async def test_days_before_a_birthday_a_card_waits_for_whoever_may_be_written_to_by_post():
    person = await occasioned.customer("Anna", born=date(1980, 11, 26), channels=("post",), at=NIGHT - 300 * DAY)
    await occasioned.customer("Bert", born=date(1970, 11, 26), channels=("email",), at=NIGHT - 300 * DAY)
    card = Step(kind="card", note="Alles Gute!")
    occasion = await occasioned.running(definition(Trigger(kind="birthday", days=-3), card), at=NIGHT - DAY)
    await occasioned.night(occasion, at=NIGHT)
    await occasioned.work(occasion, at=NINE)
    (waiting,) = await carding.waiting()
    assert (waiting.customer, waiting.given_name, waiting.note) == (person, "Anna", "Alles Gute!")
    email = (await finding.known(customer=person)).email
    await objecting.object_to_all(customer=person, email=email, source="test", evidence={}, at=NINE)
    assert await carding.waiting() == [], "whoever objects is gone from the list at once"
    await carding.done(card=waiting.id, by=occasioned.STAFF, at=NINE)
    with pytest.raises(carding.CardUnknown):
        await carding.done(card=waiting.id, by=occasioned.STAFF, at=NINE)


async def test_a_control_group_hears_nothing_and_is_the_same_every_year():
    people = [await occasioned.customer(f"P{n}", born=date(1980, 11, 23), at=NIGHT - 300 * DAY) for n in range(40)]
    occasion = await occasioned.running(definition(BIRTHDAY, control_percent=50), at=NIGHT - DAY)
    drawn = []
    for year in (2026, 2027):
        await occasioned.night(occasion, at=NIGHT.replace(year=year))
        rows = await occasioned.runs(occasion)
        drawn.append({run["customer"] for run in rows if run["control"] and run["occurrence"] == str(year)})
        await occasioned.work(occasion, at=NINE.replace(year=year))
    assert drawn[0] == drawn[1]
    assert 8 <= len(drawn[0]) <= 32
    assert [len(await occasioned.mails(person)) for person in people] == [
        0 if person in drawn[0] else 2 for person in people
    ]
    for person in people[:30]:
        if person not in drawn[0]:
            await bought(person, at=NINE + DAY)
    found = await comparing.of_occasion(occasion=occasion, goal="bought", at=NINE + 40 * DAY)
    assert (found.written, found.control) == (40 - len(drawn[0]), len(drawn[0]))
    assert found.control_share == 0
    assert found.low is not None
    assert found.low > 0
    early = await comparing.of_occasion(occasion=occasion, goal="bought", at=NINE + DAY)
    assert (early.written, early.difference) == (0, None), "nobody is counted before their days are over"


async def test_a_pause_holds_everything_and_what_is_a_day_late_then_is_dropped():
    person = await anna()
    occasion = await occasioned.running(definition(BIRTHDAY), at=NIGHT - DAY)
    await occasioned.night(occasion, at=NIGHT)
    await publishing.pause(occasion=occasion, actor="staff:t", at=NIGHT)
    await occasioned.work(occasion, at=NINE)
    assert await occasioned.mails(person) == []
    with pytest.raises(publishing.NotNow):
        await publishing.pause(occasion=occasion, actor="staff:t", at=NINE)
    await publishing.resume(occasion=occasion, actor="staff:t", at=NINE + HOUR)
    await occasioned.work(occasion, at=NINE + HOUR)
    assert len(await occasioned.mails(person)) == 1


async def test_its_end_ends_it_for_everybody_in_it():
    person = await anna()
    occasion = await occasioned.running(definition(BIRTHDAY, MAIL, Step(kind="wait", days=1), MAIL), at=NIGHT - DAY)
    await occasioned.night(occasion, at=NIGHT)
    await occasioned.work(occasion, at=NINE)
    await publishing.end(occasion=occasion, actor="staff:t", at=NINE)
    await occasioned.work(occasion, at=NINE + DAY)
    assert len(await occasioned.mails(person)) == 1
    assert [run["reason"] for run in await occasioned.runs(occasion)] == ["ended"]
    assert await occasioned.night(occasion, at=NIGHT.replace(year=2027)) == 0
    with pytest.raises(publishing.NotNow):
        await occasioned.published(occasion, at=NINE)


async def test_who_is_in_a_sequence_finishes_the_version_they_began():
    person = await anna()
    late = await occasioned.customer("Bert", born=date(1970, 11, 24), at=NIGHT - 300 * DAY)
    steps = (MAIL, Step(kind="wait", days=2), MAIL)
    occasion = await occasioned.running(definition(BIRTHDAY, *steps), at=NIGHT - DAY)
    await occasioned.night(occasion, at=NIGHT - 12 * HOUR)
    await occasioned.work(occasion, at=NINE)
    other = msgspec.structs.replace(MAIL, words={each: Said(subject="Neu", wording="Neu.") for each in ("de", "en")})
    await occasioned.change(occasion, definition(BIRTHDAY, other), at=NINE)
    assert await occasioned.published(occasion, at=NINE) == 2
    await occasioned.night(occasion, at=NIGHT + DAY)
    for days in (1, 2):
        await occasioned.work(occasion, at=NINE + days * DAY)
    subjects = {}
    for who in (person, late):
        subjects[who] = [
            (await occasioned.delivered(mail, at=mail.created_at))[0] for mail in await occasioned.mails(who)
        ]
    assert subjects[person][0] == ["Alles Gute, Anna"]
    assert len(subjects[person]) == 2
    assert subjects[late] == [["Neu"]]


async def test_what_is_not_whole_is_told_by_field_and_does_not_run():
    empty = Step(kind="mail", words={"de": Said(subject="", wording="{{ nobody }}")})
    wanted = definition(
        Trigger(kind="purchase", days=0, category="Große Dinge"),
        empty,
        Step(kind="wait"),
        Step(kind="card"),
        Step(kind="stop"),
        purpose="survey",
        segment=str(UUID(int=3)),
        hour=23,
        control_percent=80,
        from_date=date(2027, 1, 2),
        until_date=date(2027, 1, 1),
    )
    with pytest.raises(Refusals) as refused:
        await occasioned.running(wanted, at=NIGHT)
    assert [fault.field for fault in refused.value.faults] == [
        *("purpose", "segment", "days", "category", "hour", "control_percent", "until_date"),
        *("step_1_subject_de", "step_1_wording_de", "step_1_subject_en", "step_1_wording_en"),
        *("step_2_days", "step_3_note", "step_4_reasons"),
    ]
    assert not await ground.fetch("SELECT FROM occasion_version")


async def test_a_card_needs_a_consent_that_asks_for_post():
    await occasioned.ask_by("email", at=NIGHT)
    with pytest.raises(Refusals, match="not_by_post"):
        await occasioned.running(definition(BIRTHDAY, MAIL, Step(kind="card", note="Glück")), at=NIGHT)
    await occasioned.ask_by("post", at=NIGHT + HOUR)
    with pytest.raises(Refusals, match="not_by_email"):
        await occasioned.running(definition(BIRTHDAY), at=NIGHT)


async def test_it_begins_and_ends_by_its_own_days():
    await anna()
    closed = definition(BIRTHDAY, from_date=date(2026, 11, 24), until_date=date(2027, 11, 22))
    occasion = await occasioned.running(closed, at=NIGHT - DAY)
    for year in (2026, 2027):
        assert await occasioned.night(occasion, at=NIGHT.replace(year=year)) == 0
    assert await occasioned.runs(occasion) == []


async def test_what_comes_within_thirty_days_is_counted_as_it_stands():
    for name, born in (("Anna", date(1980, 11, 23)), ("Bert", date(1980, 12, 22)), ("Clara", date(1980, 12, 23))):
        await occasioned.customer(name, born=born, at=NIGHT - 300 * DAY)
    assert await foreseeing.due(definition=definition(BIRTHDAY), at=NOON) == 2
    assert await foreseeing.due(definition=definition(Trigger(kind="date", month=12, day=24)), at=NOON) == 0
    assert await foreseeing.due(definition=definition(Trigger(kind="date", month=12, day=1)), at=NOON) == 3


async def test_templates_are_drafts_that_run_once_their_consent_is_chosen():
    await anna()
    await ground.execute(
        "INSERT INTO agreement_acceptance (id, version, language, document, sha256, actor, at) "
        "VALUES (gen_random_uuid(), 1, 'de', '{}', 'none', 'staff:test', $1)",
        NIGHT,
    )
    for template in drafting.TEMPLATES:
        occasion = await drafting.start(template=template, lang="de", by=occasioned.STAFF, at=NIGHT)
        standing = await reading.known(occasion=occasion)
        assert (standing.state, standing.draft.purpose) == ("draft", "recommendation"), "there is only one to choose"
        assert await occasioned.published(occasion, at=NIGHT) == 1


async def test_two_who_draft_at_once_are_told():
    occasion = await drafting.start(template="thanks", lang="en", by=occasioned.STAFF, at=NIGHT)
    kept = {"occasion": occasion, "definition": definition(BIRTHDAY), "by": occasioned.STAFF, "at": NIGHT}
    await drafting.keep(name="One", after=1, **kept)
    with pytest.raises(drafting.Meanwhile):
        await drafting.keep(name="Other", after=1, **kept)
    with pytest.raises(drafting.Unnamed):
        await drafting.keep(name=" ", after=2, **kept)


async def test_an_import_finds_birthdays_as_well():
    rows = [{"external_id": "K-1", "email": "k1@people.example", "birth_date": "1990-11-23"}]
    await importing.import_rows(rows, source="file", actor="staff:t", dry_run=False, at=NIGHT)
    occasion = await occasioned.running(definition(BIRTHDAY), at=NIGHT - DAY)
    await occasioned.night(occasion, at=NIGHT)
    assert [run["reason"] for run in await occasioned.runs(occasion)] == ["no_consent"]
    rows[0]["birth_date"] = "1990-11-24"
    await importing.import_rows(rows, source="file", actor="staff:t", dry_run=False, at=NIGHT)
    again = await occasioned.running(definition(BIRTHDAY), at=NIGHT - DAY)
    await occasioned.night(again, at=NIGHT - DAY)
    assert await occasioned.runs(again) == []


async def test_an_event_is_invited_to_before_it_and_thanked_for_after_it_and_comes_once():
    person = await anna()
    party = Trigger(kind="event", days=-3, on_date=date(2026, 11, 26))
    steps = [MAIL, Step(kind="wait", days=4), MAIL]
    occasion = await occasioned.running(definition(party, *steps), at=NIGHT - DAY)
    for days in range(-1, 9):
        await occasioned.night(occasion, at=NIGHT + days * DAY)
        await occasioned.work(occasion, at=NINE + days * DAY)
    assert [run["occurrence"] for run in await occasioned.runs(occasion)] == ["2026-11-26"]
    assert len(await occasioned.mails(person)) == 2
    await occasioned.night(occasion, at=NIGHT.replace(year=2027))
    assert len(await occasioned.runs(occasion)) == 1, "it does not come every year"


async def test_an_event_without_its_day_is_refused_at_its_field():
    with pytest.raises(Refusals) as fault:
        await occasioned.running(definition(Trigger(kind="event")), at=NIGHT)
    assert "on_date" in {each.field for each in fault.value.faults}
