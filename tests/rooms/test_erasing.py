"""Somebody erased is gone from every row, and what the law wants kept stays without them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext, suppress
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from leumund.company import agreeing
from leumund.consent import addressing, checking
from leumund.consent.giving.transcribing import NotAsked, Taken
from leumund.consent.texts import publishing
from leumund.customers.intake import telling
from leumund.customers.intake.telling import Claimed
from leumund.customers.records import finding, registering
from leumund.customers.records.finding import CustomerUnknown
from leumund.customers.records.registering import Record
from leumund.insight import bookkeeping, proving, tabling
from leumund.insight.tabling import Period
from leumund.kit import ground, personal
from leumund.kit.ground import Ground
from leumund.ledger import balancing, stating
from leumund.ledger import listing as postings
from leumund.ledger.listing import Sought
from leumund.messages.accompanying import transcribing
from leumund.messages.accompanying.transcribing import Ended
from leumund.privacy import register
from leumund.privacy.cases import opening, refusing
from leumund.privacy.cases.opening import Asked
from leumund.privacy.forgetting import erasing, remembering
from leumund.privacy.forgetting.erasing import Blocker
from leumund.rewards import buying, converting, listing, releasing
from leumund.rewards.buying import CustomerRef
from leumund.rewards.converting import Order
from tests.conftest import NOON
from tests.rooms import whole

ANNA, BERT = "anna@kundin.example", "bert@freund.example"
DUE = NOON + erasing.GRACE


@pytest.fixture
async def anna(inside: Ground) -> UUID:
    """Anna, who recommended to Bert, allowed surveys and answered one."""
    await whole.company(at=NOON)
    record = Record(email=ANNA, external_id="K-4711", given_name="Anna", family_name="Kanarienvogel")
    person = (await registering.register(record=record, source="test", at=NOON)).id
    code = await whole.advocate(ANNA, at=NOON)
    await whole.friend(code, BERT, at=NOON)
    await whole.allow(person, ANNA, purpose="survey", at=NOON)
    await whole.answered(person, score=9, comment="Prima", at=NOON)
    return person


async def _bert() -> UUID:
    person = await finding.by_email(email=BERT)
    assert person is not None
    return person.id


async def _buy() -> None:
    bought = Order(order_id="B-1", customer=CustomerRef(email=BERT), cents=10_000, currency="EUR", occurred_at=NOON)
    await converting.convert(order=bought, at=NOON)


async def _pay(anna: UUID) -> None:
    """The hold passes, and Anna has her money by other means."""
    for row in await ground.fetch("SELECT id FROM reward"):
        await releasing.release(reward=row["id"], at=NOON + timedelta(days=20))
    await ground.execute("UPDATE reward SET state = 'paid' WHERE beneficiary = $1", anna)


@asynccontextmanager
async def undone() -> AsyncIterator[None]:
    """What is done within is as if it had not been."""
    with suppress(_Undone):
        async with ground.savepoint():
            yield
            raise _Undone


class _Undone(Exception):
    pass


async def _begin(customer: UUID) -> None:
    await erasing.begin(
        customer=customer, reason="consent_withdrawn", actor=f"customer:{customer}", language="de", at=NOON
    )


async def _rows(table: str, column: str, person: UUID) -> int:
    rows = await ground.fetch(f"SELECT count(*) AS n FROM {table} WHERE {column} = $1", person)
    return int(rows[0]["n"])


async def test_nothing_goes_before_its_time_and_she_is_told_of_it(anna: UUID):
    await _begin(anna)
    assert await ground.fetch("SELECT FROM message WHERE customer = $1 AND kind = 'erasure_begun'", anna)
    assert not await erasing.finish(customer=anna, at=DUE - timedelta(seconds=1))
    assert (await finding.known(customer=anna)).given_name == "Anna"
    assert await erasing.enqueue_due(at=DUE - timedelta(seconds=1)) == 0
    assert await erasing.enqueue_due(at=DUE) == 1


async def test_whoever_calls_it_off_in_time_is_not_erased(anna: UUID):
    await _begin(anna)
    await erasing.cancel(customer=anna, actor=f"customer:{anna}", at=DUE - timedelta(seconds=1))
    assert await erasing.enqueue_due(at=DUE) == 0
    assert not await erasing.finish(customer=anna, at=DUE)
    assert (await finding.known(customer=anna)).given_name == "Anna"


async def test_each_step_of_an_erasure_is_in_the_log(anna: UUID):
    await _begin(anna)
    await erasing.cancel(customer=anna, actor=f"customer:{anna}", at=NOON)
    await _buy()
    await _begin(anna)
    await erasing.finish(customer=anna, at=DUE)
    assert await ground.fetch("SELECT FROM retention_record WHERE place = 'survey_answer'"), "what went until then"
    await _pay(anna)
    await erasing.finish(customer=anna, at=DUE + timedelta(days=7))
    noted = (
        "SELECT action FROM audit_entry WHERE subject = $1 AND action LIKE 'customer.eras%' ORDER BY at, action DESC"
    )
    steps = ["canceled", "begun", "begun", "waits"]
    expected = [*(f"customer.erasure_{step}" for step in steps), "customer.erased"]
    assert sorted(row["action"] for row in await ground.fetch(noted, anna)) == sorted(expected)


async def test_whoever_left_nothing_the_law_keeps_is_gone_without_a_row(anna: UUID):
    bert = await _bert()
    await _begin(bert)
    assert await erasing.finish(customer=bert, at=DUE)

    assert await _rows("customer", "id", bert) == 0
    assert await _rows("referral", "friend", bert) == 0, "no money moved by it"
    with pytest.raises(CustomerUnknown):
        await finding.known(customer=bert)


async def test_of_whom_money_moved_an_empty_row_is_left(anna: UUID):
    await _buy()
    await _pay(anna)
    before = await balancing.totals()
    await _begin(anna)
    assert await erasing.finish(customer=anna, at=DUE)

    (row,) = await ground.fetch("SELECT * FROM customer WHERE id = $1", anna)
    left = {name for name, value in row.items() if value not in (None, "", [])}
    assert left == {"id", "stage", "created_at", "updated_at", "held"}
    assert await balancing.totals() == before == {"EUR": 0}
    assert await _rows("reward", "beneficiary", anna) == 1
    (reward,) = [row for row in (await listing.rewards()).rows if row["beneficiary"] == anna]
    assert "Anna" not in str(reward)
    assert await personal.keys(people=[anna]) == {}


async def test_the_books_of_whoever_was_erased_stand_and_name_nobody(anna: UUID):
    await _buy()
    await _pay(anna)
    await _begin(anna)
    assert await erasing.finish(customer=anna, at=DUE)

    assert (await proving.prove(at=DUE)).faults == [], "no posting and no reward is another one"
    page = await postings.page(sought=Sought(owner=anna))
    entries = await bookkeeping.entries(lines=page.rows)
    assert {entry.cause.deed for entry in entries} == {"granted", "released"}
    assert {entry.name for entry in entries} == {""}
    assert [each.cents for each in (await stating.state(owner=anna)).movements] == [5000, 5000]
    known = await ground.fetch("SELECT kind, owner, currency FROM ledger_account WHERE owner = $1", anna)
    assert "Kanarienvogel" not in str(known) + str(page) + str(entries)
    days = (NOON.date() - timedelta(days=1), DUE.date() + timedelta(days=99))
    told = await tabling.table(name="postings", period=Period(*days, ZoneInfo("Europe/Berlin"), "de"))
    assert told
    assert "Anna" not in str(told)


async def test_nothing_is_added_to_the_empty_row_that_is_left(anna: UUID):
    await _buy()
    await _pay(anna)
    taken = Taken(
        customer=anna,
        email=None,
        purpose="survey",
        channel="post",
        language="de",
        way="paper",
        said_at=NOON,
        words="Ja.",
        taker="Frau Berg",
        reference="Ordner 3",
    )
    ended = Ended(customer=anna, kind="withdrawal", way="letter", words="Nein.")
    order = Order(order_id="B-2", customer=CustomerRef(id=anna), cents=10_000, currency="EUR", occurred_at=NOON)
    deeds = (
        lambda: converting.convert(order=order, at=DUE),
        lambda: transcribing.transcribe(taken=taken, actor="staff:1", at=DUE),
        lambda: transcribing.end(ended=ended, actor="staff:1", at=DUE),
    )
    for deed in deeds:
        async with undone():
            with pytest.raises(NotAsked) if deed is deeds[1] else nullcontext():
                await deed()
    await _begin(anna)
    assert await erasing.finish(customer=anna, at=DUE)
    assert await _rows("customer", "id", anna) == 1
    for deed in deeds:
        with pytest.raises((CustomerUnknown, buying.CustomerUnknown)):
            await deed()


async def test_what_register_says_is_deleted_is_deleted(anna: UUID):
    tables = register.read().of_people
    before = {name for name, table in tables.items() for path in table.paths if await _held(name, path.sql, anna)}
    assert {"participation", "survey_answer", "consent_event", "share_link", "message"} <= before
    await _begin(anna)
    assert await erasing.finish(customer=anna, at=DUE)

    after = {name for name, table in tables.items() for path in table.paths if await _held(name, path.sql, anna)}
    kept = {name for name, table in tables.items() if table.rows == "kept"} | {"customer", "share_link", "referral"}
    assert after <= kept
    marks = await ground.fetch("SELECT score, customer, comment_sealed FROM survey_answer")
    assert [tuple(mark.values()) for mark in marks] == [(9, None, None)], "the mark counts on, and is nobody's"


async def _held(table: str, sql: str, person: UUID) -> bool:
    return bool(await ground.fetch(f"SELECT FROM {table} WHERE {sql}", person))


async def test_the_code_that_was_handed_round_is_gone_and_the_friend_keeps_what_was_promised(anna: UUID):
    code = (await ground.fetch("SELECT code FROM share_link WHERE advocate = $1", anna))[0]["code"]
    await _begin(anna)
    await erasing.finish(customer=anna, at=DUE)
    assert await ground.fetch("SELECT FROM share_link WHERE code = $1", code) == []

    await _buy()
    rewards = await ground.fetch("SELECT side, beneficiary FROM reward")
    assert [tuple(row.values()) for row in rewards] == [("friend", await _bert())], "nobody could pay Anna any more"


async def test_what_she_allowed_has_ended_and_her_no_outlives_her(anna: UUID):
    await _begin(anna)
    await erasing.finish(customer=anna, at=DUE)

    stops = await ground.fetch("SELECT FROM consent_suppression WHERE address_hash = $1", addressing.hashed(ANNA))
    assert len(stops) == 1
    states = await ground.fetch("SELECT state FROM consent_event WHERE customer = $1 ORDER BY position", anna)
    assert states[-1]["state"] == "terminated"
    again = await whole.person(ANNA, at=DUE)
    assert again != anna, "who comes again is somebody new"
    assert not await whole.is_allowed(again, ANNA, purpose="survey")


async def test_nobody_claims_on_another_channel_what_she_objected_to(anna: UUID):
    await erasing.begin(customer=anna, reason="objection", actor="system:test", language="de", at=NOON)
    await erasing.finish(customer=anna, at=DUE)
    await publishing.publish(
        kind="consent",
        purpose="calls",
        channels=["phone"],
        language="de",
        title="Anrufe",
        wording="Ja, Anrufe.",
        at=NOON,
    )
    await agreeing.agree(version=1, language="de", document="{}", actor="system:test", at=NOON)

    record = Record(email=ANNA, external_id="K-4712", phone="+49 30 901820")
    claimed = Claimed(purpose="calls", channel="phone", basis="am Telefon gesagt, Montag", given_at=DUE)
    told = await telling.tell(record=record, consents=[claimed], source="api", at=DUE)

    assert (told.created, told.taken) == (True, [False])
    assert not await checking.allowed(customer=told.customer, email=ANNA, purpose="calls", channel="phone")


async def test_what_is_still_open_keeps_who_is_to_be_paid_and_nothing_else(anna: UUID):
    await _buy()
    assert await erasing.blockers(customer=anna) == [Blocker(kind="reward", number=1)]
    await _begin(anna)
    assert not await erasing.finish(customer=anna, at=DUE)

    assert (await finding.known(customer=anna)).given_name == "Anna"
    assert await _rows("survey_answer", "customer", anna) == 0
    needed = {"reward": "beneficiary", "referral": "advocate", "participation": "customer", "consent_event": "customer"}
    needed |= {"customer_hold": "customer", "person_key": "id"}
    assert {table: await _rows(table, column, anna) > 0 for table, column in needed.items()} == dict.fromkeys(
        needed, True
    )
    assert (await finding.known(customer=anna)).email == ANNA, "or nobody could ask her where to pay"
    assert await erasing.enqueue_due(at=DUE) == 0, "it is looked at again later"
    await _pay(anna)
    assert await erasing.finish(customer=anna, at=DUE + timedelta(days=7))


async def test_each_state_of_a_reward_says_whether_it_is_still_to_be_settled(anna: UUID):
    await _buy()
    open_ones = {"pending": "reward", "approved": "reward", "scheduled": "payout", "failed": "payout"}
    for state in (*open_ones, "paid", "fulfilled", "redeemed", "expired"):
        async with undone():
            await ground.execute("UPDATE reward SET state = $1 WHERE beneficiary = $2", state, anna)
            expected = [Blocker(kind=open_ones[state], number=1)] if state in open_ones else []
            assert await erasing.blockers(customer=anna) == expected, state


async def test_who_is_looked_at_stays_on_either_side_and_so_does_who_asked_for_another_look(anna: UUID):
    bert = await _bert()
    for person in (anna, bert):
        async with undone():
            await ground.execute("UPDATE referral SET state = 'in_review'")
            assert await erasing.blockers(customer=person) == [Blocker(kind="dispute", number=1)]
        assert await erasing.blockers(customer=person) == []
    referral = (await ground.fetch("SELECT id FROM referral"))[0]["id"]
    asked = Asked(kind="review", customer=anna, came="portal", language="de", words="Warum?", subject=referral)
    case = await opening.open(asked=asked, actor=f"customer:{anna}", identified=True, at=NOON)
    assert await erasing.blockers(customer=anna) == [Blocker(kind="dispute", number=1)]
    await refusing.refuse(case=case, reason="unfounded", told="Es bleibt dabei.", by=UUID(int=1), at=NOON)
    assert await erasing.blockers(customer=anna) == []


@pytest.mark.parametrize("reason", erasing.GROUNDS)
async def test_each_ground_of_the_law_erases_and_is_noted(anna: UUID, reason: erasing.Ground):
    """Art. 17(1)(a) to (d) GDPR, and the end of taking part."""
    due_at = await erasing.begin(customer=anna, reason=reason, actor=f"customer:{anna}", language="de", at=NOON)
    assert await erasing.finish(customer=anna, at=due_at)
    noted = "SELECT detail ->> 'ground' AS ground FROM audit_entry WHERE action = 'customer.erasure_begun'"
    assert await ground.fetch(noted) == [{"ground": reason}]
    stops = await ground.fetch(
        "SELECT DISTINCT reason FROM consent_suppression WHERE address_hash = $1", addressing.hashed(ANNA)
    )
    assert stops == [{"reason": "objection" if reason == "objection" else "withdrawal"}]


async def test_an_erasure_done_twice_changes_nothing_more(anna: UUID):
    await _begin(anna)
    assert await erasing.finish(customer=anna, at=DUE)
    tables = ("erasure_tombstone", "retention_record", "audit_entry", "consent_event")
    before = [await ground.fetch(f"SELECT count(*) AS n FROM {table}") for table in tables]
    assert not await erasing.finish(customer=anna, at=DUE)
    assert before == [await ground.fetch(f"SELECT count(*) AS n FROM {table}") for table in tables]


async def test_the_protocol_says_what_went_in_figures_alone(anna: UUID):
    await _begin(anna)
    await erasing.finish(customer=anna, at=DUE)
    rows = await ground.fetch("SELECT class, place, deed, amount FROM retention_record")
    assert ("answers", "survey_invitation", "deleted", 1) in [tuple(row.values()) for row in rows]
    (stone,) = await ground.fetch("SELECT * FROM erasure_tombstone")
    assert stone["rule"] == "consent_withdrawn"
    assert anna.hex not in stone["person_hash"]


async def test_an_older_backup_brings_nobody_back_for_long(anna: UUID):
    await remembering.bury(customer=anna, rule="objection", at=NOON)
    assert await remembering.risen() == {anna: "objection"}
    assert await erasing.again(at=DUE) == 1
    assert await remembering.risen() == {}
    assert await finding.by_email(email=ANNA) is None
