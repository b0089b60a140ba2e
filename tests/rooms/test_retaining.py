"""Each class of data goes when its period is over, a moment before that it does not, and a hold keeps it."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from leumund.consent.giving import expiring, requesting
from leumund.consent.giving.requesting import Offered
from leumund.consent.stopping import objecting, withdrawing
from leumund.customers.records import finding
from leumund.customers.records.finding import CustomerUnknown
from leumund.kit import ground
from leumund.kit.ground import Ground
from leumund.messages import sending
from leumund.messages.words.letters import Words
from leumund.privacy import register
from leumund.privacy.cases import opening
from leumund.privacy.cases.opening import Asked
from leumund.privacy.forgetting import erasing, lapsing, preserving, retaining
from leumund.privacy.forgetting.preserving import AlreadyOver, ClassUnknown, HoldUnknown, ReasonMissing
from leumund.privacy.register import Period
from leumund.privacy.rights import proving, restricting
from leumund.rewards import converting, refunding
from leumund.rewards.buying import CustomerRef
from leumund.rewards.converting import Order
from leumund.surveys.caring import opening as caring
from leumund.surveys.caring import replying
from tests import polled
from tests.conftest import NOON
from tests.isolation import greetings
from tests.rooms import brought, whole
from tests.rooms import caring as answers
from tests.rooms.test_erasing import undone

ANNA, BERT, CLARA = "anna@kundin.example", "bert@freund.example", "clara@kundin.example"
OFFICER = "staff:00000000-0000-0000-0000-000000000001"
BERLIN, DAY = ZoneInfo("Europe/Berlin"), timedelta(days=1)


class Over(NamedTuple):
    """When a row of ``table`` that began at NOON (23 November 2026) goes, and what of it is left to look at."""

    data_class: str
    table: str
    first: datetime
    left: str


# Calendar years end in Berlin, an hour before they do by UTC.
OVER = [
    Over("answers", "survey_answer", NOON.replace(year=2028), "customer IS NOT NULL OR comment_sealed IS NOT NULL"),
    Over("answers", "survey_invitation", NOON.replace(year=2028), "true"),
    Over("answers", "survey_held", NOON.replace(year=2028), "true"),
    Over("answers", "survey_event", NOON.replace(year=2028), "true"),
    Over("answers", "customer_case", NOON.replace(year=2028), "true"),
    Over("care", "message_letter", NOON.replace(year=2028), "true"),
    Over(
        "mails", "message", datetime(2029, 12, 31, 22, 59, 59, tzinfo=UTC), "kind = 'opt_in' AND customer IS NOT NULL"
    ),
    Over(
        "letters",
        "message",
        datetime(2032, 12, 31, 22, 59, 59, tzinfo=UTC),
        "kind LIKE 'reward%' AND customer IS NOT NULL",
    ),
    Over("vouchers", "conversion", datetime(2034, 12, 31, 22, 59, 59, tzinfo=UTC), "order_id = 'B-1'"),
    Over("vouchers", "refund", datetime(2034, 12, 31, 22, 59, 59, tzinfo=UTC), "told_as = 'R-1'"),
    Over("vouchers", "reward", datetime(2034, 12, 31, 22, 59, 59, tzinfo=UTC), "voucher_code IS NOT NULL"),
    Over("brought_purchases", "purchase_part", NOON + timedelta(days=14), "true"),
    Over("brought_purchases", "purchase_refusal", NOON + timedelta(days=14), "true"),
    Over("mails", "occasion_run", datetime(2029, 12, 31, 22, 59, 59, tzinfo=UTC), "true"),
    Over("staff", "staff_member", NOON.replace(year=2027), "disabled_at IS NOT NULL"),
    Over("rights", "customer_hold", datetime(2029, 12, 31, 22, 59, 59, tzinfo=UTC), "lifted_at IS NOT NULL"),
    Over(
        "rights", "rights_case", datetime(2029, 12, 31, 22, 59, 59, tzinfo=UTC), "customer IN (SELECT id FROM customer)"
    ),
]


@pytest.fixture
async def anna(inside: Ground) -> UUID:
    """Anna, of whom there is something of every class."""
    await whole.company(at=NOON)
    code = await whole.advocate(ANNA, at=NOON)
    await whole.friend(code, BERT, at=NOON)
    anna = await _known(ANNA)
    await _looked_after(anna)
    await greetings.leave("gruss", customer=anna, member=uuid4(), at=NOON)
    bought = Order(order_id="B-1", customer=CustomerRef(email=BERT), cents=10_000, currency="EUR", occurred_at=NOON)
    await converting.convert(order=bought, at=NOON)
    await refunding.refund(order_id="B-1", cents=1, told_as="R-1", actor="key:test", at=NOON)
    await ground.execute("UPDATE reward SET voucher_code = 'GUT-1' WHERE side = 'friend'")
    await brought.take(await brought.keep(f";{ANNA};B-2;nichts;23.11.2026", at=NOON), at=NOON)
    await brought.keep(f";{ANNA};B-3;1;23.11.2026", at=NOON)
    assert (await polled.invite([anna], languages=["de"], at=NOON)).held
    await ground.execute(
        "INSERT INTO survey_event (event_ref, customer, key, event, attributes, happened_at, received_at, due_at) "
        "VALUES ('E-1', $1, 'nps', 'delivered', '{}', $2, $2, $2)",
        anna,
        NOON,
    )
    await sending.queue(kind="reward_released", customer=anna, language="de", at=NOON)
    await erasing.begin(customer=anna, reason="unlawful", actor=OFFICER, language="de", at=NOON)
    await erasing.cancel(customer=anna, actor=OFFICER, at=NOON)
    await ground.execute(
        "INSERT INTO staff_member (email_sealed, email_hash, name_sealed, role, disabled_at) "
        "VALUES ('x', 'x', 'x', 'viewer', $1)",
        NOON,
    )
    await ground.execute(
        "INSERT INTO rights_case (id, kind, customer, came, language, received_at, due_date, identified_at, "
        "identified_by, taken_at, closed_at, outcome) "
        "VALUES ($1, 'access', $2, 'portal', 'de', $3::timestamptz, $3::date, $3, 'login', "
        "$3, $3, 'carried_out')",
        uuid4(),
        anna,
        NOON,
    )
    return anna


async def _looked_after(customer: UUID) -> None:
    """Somebody wrote to them about an answer they were not glad with."""
    case = await caring.open(answer=await answers.answered(customer, 3, comment="Zu laut.", at=NOON), at=NOON)
    assert case is not None
    await replying.reply(case=case, words=Words(None, "Zu laut", "Das tut uns leid."), by=uuid4(), at=NOON)


async def _known(email: str) -> UUID:
    person = await finding.by_email(email=email)
    assert person is not None
    return person.id


async def _left(over: Over) -> int:
    rows = await ground.fetch(f"SELECT count(*) AS n FROM {over.table} WHERE {over.left}")
    return int(rows[0]["n"])


async def test_every_rule_has_its_time_travel():
    tested = {(over.data_class, over.table) for over in OVER} | {("rights", "retention_hold")}
    rules = {(due.data_class, name) for name, table in register.read().tables.items() for due in table.due}
    assert rules - tested == set()


@pytest.mark.parametrize("over", OVER, ids=lambda over: f"{over.data_class}-{over.table}")
async def test_rows_go_when_their_time_is_over_and_no_sooner(anna: UUID, over: Over):
    before = await _left(over)
    assert before > 0, "there is something to go"
    await retaining.retain(at=over.first)
    assert await _left(over) == before
    await retaining.retain(at=over.first + timedelta(seconds=1))
    assert await _left(over) == 0
    told = await ground.fetch("SELECT class FROM retention_record WHERE place = $1", over.table)
    assert over.data_class in {row["class"] for row in told}


@pytest.mark.parametrize("over", OVER, ids=lambda over: f"{over.data_class}-{over.table}")
async def test_what_is_foreseen_is_what_goes_and_goes_once(anna: UUID, over: Over):
    at = over.first + timedelta(seconds=1)
    foreseen = await retaining.foresee(at=at)
    assert any(each.table == over.table for each in foreseen)
    assert await ground.fetch("SELECT FROM retention_record") == []
    assert await retaining.retain(at=at) == foreseen
    assert await retaining.retain(at=at) == []


async def test_a_class_that_is_held_stays_until_it_is_released(anna: UUID):
    at = OVER[0].first + DAY
    hold = await preserving.preserve_class(data_class="answers", reason="Streit um die Umfrage", actor=OFFICER, at=NOON)
    await retaining.retain(at=at)
    assert await _left(OVER[0]) == 1
    assert [(each.data_class, each.reason) for each in await preserving.standing(at=at)] == [
        ("answers", "Streit um die Umfrage")
    ]
    await preserving.release(hold=hold, actor=OFFICER, at=at)
    await retaining.retain(at=at)
    assert await _left(OVER[0]) == 0
    with pytest.raises(HoldUnknown):
        await preserving.release(hold=hold, actor=OFFICER, at=at)
    noted = await ground.fetch("SELECT action FROM audit_entry WHERE subject = $1 ORDER BY at", hold)
    assert [row["action"] for row in noted] == ["retention.preserved", "retention.released"]


async def test_a_person_who_is_held_stays_as_a_whole(anna: UUID):
    at = OVER[0].first + DAY
    until = at + DAY
    await preserving.preserve_person(customer=anna, reason="Klage", actor=OFFICER, at=NOON, until_at=until)
    await retaining.retain(at=at)
    assert await _left(OVER[0]) == 1
    await retaining.retain(at=until + DAY)
    assert await _left(OVER[0]) == 0


async def test_whoever_holds_something_says_what_and_why(anna: UUID):
    with pytest.raises(ReasonMissing):
        await preserving.preserve_person(customer=anna, reason=" ", actor=OFFICER, at=NOON)
    with pytest.raises(CustomerUnknown):
        await preserving.preserve_person(customer=uuid4(), reason="Klage", actor=OFFICER, at=NOON)
    with pytest.raises(AlreadyOver):
        await preserving.preserve_person(customer=anna, reason="Klage", actor=OFFICER, at=NOON, until_at=NOON)
    with pytest.raises(ClassUnknown):
        await preserving.preserve_class(data_class="everything", reason="Klage", actor=OFFICER, at=NOON)
    with pytest.raises(ClassUnknown):
        await preserving.preserve_class(data_class="access", reason="Sitzungen enden doch", actor=OFFICER, at=NOON)


async def test_what_rests_does_not_go_either(anna: UUID):
    await restricting.restrict(customer=anna, reason="needed_for_claims", actor=OFFICER, at=NOON)
    await retaining.retain(at=OVER[0].first + DAY)
    assert await _left(OVER[0]) == 1


def test_a_calendar_year_ends_by_the_clocks_of_the_company():
    eight = Period(start="entry", then="anonymise", years=8, end_of_year=True)
    entered = datetime(2026, 12, 31, 23, 30, tzinfo=BERLIN)
    assert entered >= eight.before(datetime(2034, 12, 31, 23, 59, tzinfo=BERLIN))
    assert entered < eight.before(datetime(2035, 1, 1, tzinfo=BERLIN))


def test_a_year_from_a_leap_day_is_not_a_day_longer():
    one = Period(start="answer", then="erase", years=1)
    assert one.before(datetime(2028, 2, 29, tzinfo=UTC)) == datetime(2027, 2, 28, tzinfo=UTC)


async def _over_at(person: UUID, at: datetime) -> str | None:
    return (await lapsing.lapsed(at=at)).get(person)


async def test_whoever_ended_their_participation_is_gone_thirty_days_later(inside: Ground):
    await whole.company(at=NOON)
    await whole.advocate(ANNA, at=NOON)
    anna = await _known(ANNA)
    assert await _over_at(anna, NOON + 400 * DAY) is None, "who takes part stays"
    await ground.execute("UPDATE participation SET ended_at = $1", NOON)

    assert await _over_at(anna, NOON + 30 * DAY) is None
    over = NOON + 30 * DAY + timedelta(seconds=1)
    assert await _over_at(anna, over) == "identity"
    assert await lapsing.enqueue(at=over) == 1
    assert await lapsing.lapse(customer=anna, at=over)
    assert not await lapsing.lapse(customer=anna, at=over)
    assert await finding.by_id(customer=anna) is None
    assert await ground.fetch("SELECT FROM consent_suppression") == [], "who said no to nothing may come again"


async def test_whoever_still_allows_something_stays(inside: Ground):
    await whole.company(at=NOON)
    await whole.advocate(ANNA, at=NOON)
    anna = await _known(ANNA)
    await whole.allow(anna, ANNA, purpose="survey", at=NOON)
    await ground.execute("UPDATE participation SET ended_at = $1", NOON)
    assert await _over_at(anna, NOON + 31 * DAY) is None
    assert not await lapsing.lapse(customer=anna, at=NOON + 31 * DAY)


async def test_whoever_something_is_still_open_with_stays_on_either_side(anna: UUID):
    bert, late = await _known(BERT), NOON.replace(year=2031)
    await ground.execute("UPDATE participation SET ended_at = $1", NOON)
    await ground.execute("UPDATE reward SET state = 'paid'")
    assert await lapsing.lapsed(at=late) == {anna: "identity", bert: "acquaintance"}
    rewards = [f"UPDATE reward SET state = '{state}'" for state in ("pending", "approved", "scheduled", "failed")]
    referrals = [f"UPDATE referral SET state = '{state}'" for state in ("qualified", "in_review")]
    for keeps in (*rewards, *referrals, "UPDATE customer SET held = 'restriction'"):
        async with undone():
            await ground.execute(keeps)
            assert await lapsing.lapsed(at=late) == {}, keeps
    case = Asked(kind="access", customer=bert, came="letter", language="de", words="Was haben Sie von mir?")
    await opening.open(asked=case, actor=OFFICER, at=NOON)
    assert await lapsing.lapsed(at=late) == {anna: "identity"}


async def test_a_yes_stays_a_yes_whatever_was_only_asked_or_ran_out_after_it(inside: Ground):
    await whole.company(at=NOON)
    clara, late = await whole.person(CLARA, at=NOON), NOON.replace(year=2031)
    await whole.allow(clara, CLARA, purpose="survey", at=NOON)
    for chosen in (True, False):
        offered = Offered(boxes={"survey": chosen}, language="de", source="test")
        await requesting.request(customer=clara, email=CLARA, offered=offered, at=NOON + DAY)
    await expiring.expire(before=NOON, at=NOON + 9 * DAY)
    assert await _over_at(clara, late) is None
    await withdrawing.withdraw(customer=clara, email=CLARA, source="test", at=NOON + 10 * DAY)
    assert await _over_at(clara, late) is not None


async def test_whoever_asked_to_take_part_and_never_confirmed_takes_no_part(inside: Ground):
    await whole.company(at=NOON)
    clara = await whole.person(CLARA, at=NOON)
    await whole.join(CLARA, at=NOON)
    assert await _over_at(clara, NOON.replace(year=2031)) == "acquaintance"


async def test_whatever_was_last_heard_of_somebody_is_where_their_time_begins(anna: UUID):
    bert, new_year, later = await _known(BERT), datetime(2029, 12, 31, 23, tzinfo=UTC), NOON.replace(year=2028)
    await ground.execute("UPDATE reward SET state = 'paid'")
    assert await _over_at(bert, new_year) == "acquaintance"
    for heard in (
        "UPDATE customer SET updated_at = $2 WHERE id = $1",
        "UPDATE conversion SET occurred_at = $2 WHERE customer = $1",
        "UPDATE referral SET confirmed_at = $2 WHERE friend = $1",
    ):
        async with undone():
            assert await ground.execute(heard, bert, later)
            assert await _over_at(bert, new_year) is None, heard
    async with undone():
        await sending.queue(kind="reward_released", customer=bert, language="de", at=later)
        assert await _over_at(bert, new_year) is None, "we wrote to him since"
    await withdrawing.withdraw(customer=bert, email=None, source="phone", at=later)
    await ground.execute("UPDATE customer SET external_id = 'K-2' WHERE id = $1", bert)
    assert await _over_at(bert, new_year) is None, "a no is heard too"


async def test_an_address_that_may_not_be_written_to_is_gone_thirty_days_later(inside: Ground):
    await whole.company(at=NOON)
    clara = await whole.person(CLARA, at=NOON)
    await whole.allow(clara, CLARA, purpose="survey", at=NOON)
    await withdrawing.withdraw(customer=clara, email=CLARA, source="test", at=NOON + DAY)
    over = NOON + 31 * DAY + timedelta(seconds=1)
    assert await _over_at(clara, NOON + 31 * DAY) is None
    assert await _over_at(clara, over) == "unsubscribed"

    await ground.execute("UPDATE customer SET external_id = 'K-1' WHERE id = $1", clara)
    assert await _over_at(clara, over) is None, "the company knows her by a number"
    async with undone():
        asked = Asked(kind="access", customer=clara, came="letter", language="de", words="Was haben Sie von mir?")
        await opening.open(asked=asked, actor=OFFICER, at=NOON)
        assert await lapsing.forget_addresses(at=over) == 0, "she waits for an answer"
    assert [await lapsing.forget_addresses(at=over) for _ in range(2)] == [1, 0]
    assert (await finding.known(customer=clara)).email is None


async def test_whoever_objects_is_gone_like_whoever_withdraws_but_not_while_their_purchase_is_waited_for(
    inside: Ground,
):
    await whole.company(at=NOON)
    clara, mallory = [await whole.person(email, at=NOON) for email in (CLARA, "mallory@kundin.example")]
    await objecting.object_to_all(customer=clara, email=CLARA, source="test", at=NOON)
    await whole.allow(mallory, "mallory@kundin.example", purpose="survey", at=NOON)
    await withdrawing.withdraw(customer=mallory, email=None, source="test", at=NOON)
    await whole.friend(await whole.advocate(ANNA, at=NOON), BERT, at=NOON)
    bert, over = await _known(BERT), NOON + 30 * DAY + timedelta(seconds=1)
    await withdrawing.withdraw(customer=bert, email=BERT, source="test", at=NOON)
    assert await lapsing.lapsed(at=over) == {clara: "unsubscribed", mallory: "unsubscribed"}
    assert await lapsing.forget_addresses(at=over) == 0, "nobody is known by a number"


async def test_customers_who_never_took_part_and_people_who_were_only_recommended_go_in_their_time(inside: Ground):
    await whole.company(at=NOON)
    clara = await whole.person(CLARA, at=NOON)
    lead = await _lead()

    assert await _over_at(lead, NOON.replace(year=2027)) is None
    assert await _over_at(lead, NOON.replace(year=2027) + DAY) == "leads"
    new_year = datetime(2029, 12, 31, 23, tzinfo=UTC)
    assert await _over_at(clara, new_year - timedelta(seconds=1)) is None
    assert await _over_at(clara, new_year) == "acquaintance"
    await whole.answered(clara, score=3, comment="", at=NOON.replace(year=2028))
    assert await _over_at(clara, new_year) is None, "she answered since"


async def test_no_stranger_keeps_somebody_here_by_typing_their_address(inside: Ground):
    await whole.company(at=NOON)
    code, clara, lead = await whole.advocate(ANNA, at=NOON), await whole.person(CLARA, at=NOON), await _lead()
    late, new_year = NOON.replace(year=2027), datetime(2029, 12, 31, 23, tzinfo=UTC)
    await whole.accept(code, BERT, consents={"survey": True}, at=late)
    await expiring.expire(before=NOON, at=late + DAY * 3)
    assert await _over_at(lead, late + DAY * 30) == "leads"
    await proving.ask(kind="access", email=CLARA, told="", language="de", at=new_year - DAY)
    assert await _over_at(clara, new_year) == "acquaintance"


async def _lead() -> UUID:
    lead = await whole.person(BERT, at=NOON)
    await ground.execute("UPDATE customer SET stage = 'lead' WHERE id = $1", lead)
    return lead


async def test_words_to_a_person_go_with_all_others_of_their_request(anna: UUID):
    told = "words_sealed = 'x', proof_sealed = 'x', answer_sealed = 'x', extension_sealed = 'x'"
    await ground.execute(f"UPDATE rights_case SET {told}")
    await retaining.retain(at=datetime(2030, 1, 1, tzinfo=UTC))
    (row,) = await ground.fetch("SELECT * FROM rights_case")
    assert {name: kept for name, kept in row.items() if name.endswith("_sealed")} == dict.fromkeys(
        ("words_sealed", "proof_sealed", "answer_sealed", "extension_sealed")
    )


@pytest.mark.parametrize("data_class", ["identity", "contact", "vouchers"])
async def test_nobody_lapses_while_something_is_held_that_would_go_with_them(inside: Ground, data_class: str):
    await whole.company(at=NOON)
    clara = await whole.person(CLARA, at=NOON)
    late = NOON.replace(year=2031)
    assert await _over_at(clara, late) == "acquaintance"
    await preserving.preserve_class(data_class=data_class, reason="Betriebsprüfung", actor=OFFICER, at=NOON)
    assert await _over_at(clara, late) is None
    assert not await lapsing.lapse(customer=clara, at=late)


async def test_other_people_lapse_while_one_kind_of_them_is_held(inside: Ground):
    await whole.company(at=NOON)
    clara, lead = await whole.person(CLARA, at=NOON), await whole.person(BERT, at=NOON)
    await ground.execute("UPDATE customer SET stage = 'lead' WHERE id = $1", lead)
    await preserving.preserve_class(data_class="acquaintance", reason="Klage", actor=OFFICER, at=NOON)
    late = NOON.replace(year=2031)
    assert [await _over_at(each, late) for each in (clara, lead)] == [None, "leads"]


async def test_a_hold_keeps_a_person_from_lapsing_and_from_their_own_erasure(inside: Ground):
    await whole.company(at=NOON)
    clara = await whole.person(CLARA, at=NOON)
    hold = await preserving.preserve_person(customer=clara, reason="Klage", actor=OFFICER, at=NOON)
    late = NOON.replace(year=2031)
    assert await _over_at(clara, late) is None
    await erasing.begin(customer=clara, reason="no_longer_needed", actor=OFFICER, language="de", at=late)
    due = late + erasing.GRACE
    assert not await erasing.finish(customer=clara, at=due)
    await preserving.release(hold=hold, actor=OFFICER, at=due)
    assert await erasing.finish(customer=clara, at=due + 7 * DAY)
