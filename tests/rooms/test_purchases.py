"""Purchases come in from a file as they would over the API: each once, or with the reason why not."""

from datetime import timedelta
from uuid import UUID

import pytest

from leumund.customers.records import registering
from leumund.customers.records.registering import Record
from leumund.insight import proving
from leumund.kit import ground
from leumund.kit.ground import Ground
from leumund.privacy.forgetting import retaining
from leumund.referrals.claims.telling import Said
from leumund.referrals.signs import weighing
from leumund.rewards import converting, refunding, restoring, reviewing
from leumund.rewards.buying import CustomerRef
from leumund.rewards.converting import Order
from leumund.rewards.purchases import canceling, checking, clearing, keeping, listing, refusals
from leumund.rewards.purchases.canceling import Begun
from leumund.rewards.purchases.keeping import NoRows, OneAtATime
from tests.conftest import NOON
from tests.rooms import brought, whole

pytestmark = pytest.mark.usefixtures("inside")
EVENING = NOON + timedelta(hours=6)
ANNA, BERT = "anna@people.example", "bert@people.example"
_REWARDS = "SELECT count(*) AS n FROM reward"
# Cells that break what was not made for them: formulas, letters nobody sees or that grow when they are put in one form,
# digits of other scripts, sums and days that are none, moments at the ends of time and where the clocks change.
ODD = (
    *(
        "",
        "0",
        "-",
        "=1+1",
        "'=x",
        "\u200b",
        "x" * 500,
        "\U0001d160" * 200,
        "\u0958" * 150,
        "a\x0bb",
        "\U0010ffff",
        "İ",
    ),
    *(
        "NaN",
        "inf",
        "1e5",
        "٣",
        "１２",
        "1.234.567,89",
        "12,345",
        "1000000000",
        "99999999999999999999",
        "1 BHD",
        "XAU",
        "€",
    ),
    *("31.02.2026", "29.03.2026 02:30", "25.10.2026 02:30", "0001-01-01", "9999-12-31", "0001-01-01 00:00 +14:00"),
    *("2026-11-23 10:00+99:99", "K-7", "a@b", "é@ü.de", "ja", "é.é.é", "Zm9v.1.x", "tiger-radar-kiwi-7", "ß" * 80),
)


@pytest.fixture(autouse=True)
async def friends(inside: Ground) -> None:
    """Anna recommended Bert, and Clara is a customer with a number."""
    await whole.company(at=NOON)
    await whole.friend(await whole.advocate(ANNA, at=NOON), BERT, at=NOON)
    await registering.register(record=Record(external_id="K-7"), source="test", at=NOON)


async def told(order_id: str, cents: int, *, email: str = BERT) -> UUID:
    """The shop reported an order by the API."""
    order = Order(
        order_id=order_id, cents=cents, currency="EUR", customer=CustomerRef(email=email), occurred_at=EVENING
    )
    return (await converting.convert(order=order, at=EVENING)).conversion


async def reasons(purchase_import: UUID) -> list[tuple[int, str, str]]:
    """Row, field and key of all that was refused."""
    return [
        (each.number, reason.field, reason.key.rpartition(".")[2])
        for each in await refusals.listed(of=purchase_import)
        for reason in each.reasons
    ]


async def test_an_order_of_a_file_counts_as_one_of_the_api_does():
    done = await brought.keep(f";{BERT};A-1;1.234,56 EUR;23.11.2026 18:00", "K-7;;A-2;10;23.11.2026", at=EVENING)
    await brought.take(done, at=EVENING)
    assert await brought.figures(done) == {"state": "done", "taken": 2, "known": 0, "refused": 0, "given_back": 0}
    (kept,) = await ground.fetch("SELECT cents, currency, referral FROM conversion WHERE order_id = 'A-1'")
    assert (kept["cents"], kept["currency"]) == (123_456, "EUR")
    assert kept["referral"] is not None
    assert await ground.fetch(_REWARDS) == [{"n": 2}]
    assert (await proving.look()).faults == []


async def test_the_same_file_twice_tells_nothing_new():
    for taken, known in ((1, 0), (0, 1)):
        done = await brought.keep(f";{BERT};A-1;900,00;23.11.2026", at=EVENING)
        await brought.take(done, at=EVENING)
        assert await brought.figures(done) == {
            "state": "done",
            "taken": taken,
            "known": known,
            "refused": 0,
            "given_back": 0,
        }
    assert await ground.fetch(_REWARDS) == [{"n": 2}]


async def test_what_is_wrong_is_refused_by_row_and_keeps_nothing_of_the_row():
    await told("A-1", 90_000)
    before = await ground.fetch("SELECT (SELECT count(*) FROM conversion) AS c, (SELECT count(*) FROM refund) AS f")
    done = await brought.keep(
        f";{BERT};A-1;1;23.11.2026;EUR;",
        ";niemand@people.example;A-3;1;23.11.2026;EUR;",
        f";{BERT};A-4;-5;23.11.2026;EUR;",
        f";{BERT};;1;25.11.2026;EUR;",
        f";{BERT};A-5;1;25.11.2026;EUR;",
        f";{BERT};A-6;1;23.11.2026;XYZ;",
        f";{BERT};A-7;1 USD;23.11.2026;EUR;",
        f";{BERT};A-8;1;23.11.2026;EUR;2",
        ";;A-9;1;gestern;EUR;",
        head=f"{brought.HEAD};Währung;Erstattet",
        at=EVENING,
    )
    await brought.take(done, at=EVENING)
    assert await reasons(done) == [
        (2, "order_id", "order_reused"),
        (3, "customer", "customer_unknown"),
        (4, "amount", "below_zero"),
        (5, "order_id", "no_order"),
        (6, "occurred_at", "bought_later"),
        (7, "currency", "currency_unknown"),
        (8, "currency", "two_currencies"),
        (9, "refunded", "too_much_back"),
        (10, "customer", "no_customer"),
        (10, "occurred_at", "no_date"),
    ]
    assert before == await ground.fetch(
        "SELECT (SELECT count(*) FROM conversion) AS c, (SELECT count(*) FROM refund) AS f"
    )
    assert (await listing.one(purchase_import=done)).refusals == 9


@pytest.mark.parametrize("column", range(10))
async def test_no_cell_whatever_stands_in_it_holds_up_the_file_or_those_that_come_after_it(column: int):
    head = f"{brought.HEAD};Währung;Erstattet;Empfehlungscode;Klick-Token;Bedingungen gezeigt"
    rows = []
    for number, odd in enumerate(ODD):
        cells = ["", BERT, f"O-{number}", "900,00", "23.11.2026", "", "", "", "", ""]
        cells[column] = odd
        rows.append(";".join(f'"{cell}"' for cell in cells))
    checked = await checking.check(lines=brought.lines(*rows, head=head), here=await keeping.here(at=EVENING))
    done = await brought.keep(*rows, head=head, at=EVENING)
    await brought.take(done, at=EVENING)
    found = await brought.figures(done)
    assert (found["state"], found["taken"]) == ("done", checked.taken)
    assert [each.number for each in await refusals.listed(of=done)] == [each.number for each in checked.refused]
    assert (await proving.look()).faults == []
    await brought.keep(f";{BERT};Z-1;1;23.11.2026", at=EVENING)


async def test_a_check_says_beforehand_what_the_import_says_afterwards():
    await told("A-1", 90_000)
    rows = (
        f";{BERT};A-1;900;23.11.2026",
        f";{BERT};A-2;9;23.11.2026",
        f";{BERT};A-2;9;23.11.2026",
        f";{BERT};A-2;10;23.11.2026",
        "K-7;;A-3;7 USD;23.11.2026",
        "K-8;;A-4;7;23.11.2026",
        "K-7;;A-5;7;24.11.2026",
        f";{BERT};A-1;901;23.11.2026",
    )
    checked = await checking.check(lines=brought.lines(*rows), here=await keeping.here(at=EVENING))
    assert (checked.rows, checked.unknown, checked.foreign) == (8, 1, 1)
    assert (checked.recommended, len(checked.advocates)) == (1, 1)
    done = await brought.keep(*rows, at=EVENING)
    await brought.take(done, at=EVENING)
    found = await brought.figures(done)
    assert (checked.taken, checked.known, len(checked.refused)) == (found["taken"], found["known"], found["refused"])
    assert [(each.number, each.reasons) for each in checked.refused] == [
        (each.number, each.reasons) for each in await refusals.listed(of=done)
    ]


async def test_a_check_keeps_nothing():
    await checking.check(lines=brought.lines(f";{BERT};A-2;9;23.11.2026"), here=await keeping.here(at=EVENING))
    assert await ground.fetch("SELECT FROM conversion") == []
    assert await listing.newest() == []


async def test_a_code_beside_an_order_says_who_recommended_its_customer():
    code = await whole.advocate("dora@people.example", at=NOON)
    row = f"K-7;;A-1;900;23.11.2026;{code};ja"
    head = f"{brought.HEAD};Empfehlungscode;Bedingungen gezeigt"
    checked = await checking.check(lines=brought.lines(row, head=head), here=await keeping.here(at=EVENING))
    assert (checked.recommended, len(checked.advocates)) == (1, 1)
    done = await brought.keep(row, head=head, at=EVENING)
    await brought.take(done, at=EVENING)
    (claim,) = await ground.fetch("SELECT way, conditions_shown, from_file FROM referral_claim")
    assert claim == {"way": "code", "conditions_shown": True, "from_file": True}
    assert await ground.fetch(_REWARDS) == [{"n": 2}]
    assert await ground.fetch("SELECT signal, weight FROM referral_signal") == [{"signal": "from_file", "weight": 60}]


async def test_a_company_may_want_to_look_at_whoever_a_file_names_and_what_the_shop_says_bears_no_such_sign():
    code = await whole.advocate("dora@people.example", at=NOON)
    (program,) = await ground.fetch("SELECT id FROM program")
    await weighing.weigh(program=program["id"], wanted={"from_file": 100}, actor="staff:test", at=NOON)
    await brought.take(
        await brought.keep(f"K-7;;A-1;900;23.11.2026;{code}", head=f"{brought.HEAD};Empfehlungscode", at=EVENING),
        at=EVENING,
    )
    assert await ground.fetch(_REWARDS) == [{"n": 0}]
    (waits,) = await ground.fetch("SELECT r.id FROM referral r JOIN conversion c ON c.referral = r.id")
    assert (await reviewing.look(referral=waits["id"])).why == ["from_file"]
    await registering.register(record=Record(external_id="K-8"), source="test", at=NOON)
    order = Order(
        order_id="A-2",
        cents=90_000,
        currency="EUR",
        customer=CustomerRef(external_id="K-8"),
        occurred_at=EVENING,
        said=Said(code=code, conditions_shown=True),
    )
    done = await converting.convert(order=order, at=EVENING)
    assert (done.referral_state, await ground.fetch(_REWARDS)) == ("approved", [{"n": 2}])


async def test_what_was_given_back_in_all_is_told_once_whoever_told_a_part_of_it():
    await told("A-1", 90_000)
    await refunding.refund(order_id="A-1", cents=10_000, told_as="R-1", actor="system:test", at=EVENING)
    head, here = f"{brought.HEAD};Erstattet", await keeping.here(at=EVENING)
    for refunded, new in (("300,00", 1), ("300,00", 0), ("900,00", 1)):
        lines = brought.lines(f";{BERT};A-1;900;23.11.2026;{refunded}", head=head)
        assert (await checking.check(lines=lines, here=here)).given_back == new
        done = await brought.keep(f";{BERT};A-1;900;23.11.2026;{refunded}", head=head, at=EVENING)
        await brought.take(done, at=EVENING)
        assert (await brought.figures(done))["given_back"] == new
    parts = [row["cents"] for row in await ground.fetch("SELECT cents FROM refund ORDER BY cents")]
    assert parts == [10_000, 20_000, 60_000]
    assert (await ground.fetch("SELECT refunded_at FROM conversion"))[0]["refunded_at"] == EVENING
    # The last part was not given back after all, and the file says once more that it was.
    (last,) = await ground.fetch("SELECT told_as FROM refund WHERE cents = 60000")
    await restoring.restore(order_id="A-1", told_as=last["told_as"], actor="system:test", at=EVENING)
    assert (await checking.check(lines=lines, here=here)).given_back == 1
    done = await brought.keep(f";{BERT};A-1;900;23.11.2026;900", head=head, at=EVENING)
    await brought.take(done, at=EVENING)
    assert (await brought.figures(done))["given_back"] == 1
    assert (await proving.look()).faults == []


async def test_orders_count_in_the_order_they_were_bought_in_however_the_file_is_sorted():
    done = await brought.keep(f";{BERT};late;10;23.11.2026 18:30", f";{BERT};early;900;23.11.2026 13:30", at=EVENING)
    await brought.take(done, at=EVENING)
    rows = await ground.fetch("SELECT order_id FROM conversion ORDER BY number")
    assert [row["order_id"] for row in rows] == ["early", "late"]


async def test_one_file_comes_at_a_time_and_one_nobody_began_can_be_let_be():
    first = await brought.keep("K-7;;A-1;1;23.11.2026", at=EVENING)
    with pytest.raises(OneAtATime):
        await brought.keep("K-7;;A-2;1;23.11.2026", at=EVENING)
    await canceling.cancel(purchase_import=first, by=brought.ACCOUNTANT, at=EVENING)
    assert await ground.fetch("SELECT FROM purchase_part") == []
    await brought.take(first, at=EVENING)
    second = await brought.keep("K-7;;A-2;1;23.11.2026", at=EVENING)
    await brought.take(second, at=EVENING)
    with pytest.raises(Begun):
        await canceling.cancel(purchase_import=second, by=brought.ACCOUNTANT, at=EVENING)
    assert [each.state for each in await listing.newest()] in (["done", "canceled"], ["canceled", "done"])
    assert [row["order_id"] for row in await ground.fetch("SELECT order_id FROM conversion")] == ["A-2"]


async def test_a_file_without_rows_is_refused():
    with pytest.raises(NoRows):
        await brought.keep(at=EVENING)


async def test_rows_nobody_takes_or_mends_are_erased_after_a_while():
    stuck = await brought.keep("K-7;;A-1;1;23.11.2026", at=EVENING)
    later = EVENING + timedelta(days=15)
    await retaining.retain(at=EVENING + timedelta(days=13))
    assert await clearing.clear(at=later) == 0
    await retaining.retain(at=later)
    assert await clearing.clear(at=later) == 1
    assert (await listing.one(purchase_import=stuck)).state == "canceled"
    done = await brought.keep("K-8;;A-1;1;23.11.2026", at=EVENING)
    await brought.take(done, at=EVENING)
    await retaining.retain(at=later)
    assert await refusals.listed(of=done) == []
    assert (await brought.figures(done))["refused"] == 1, "how many there were is still known"


async def test_what_lies_there_tells_nobody_anything():
    await brought.keep(f";{BERT};GEHEIM-1;1;23.11.2026", at=EVENING)
    (part,) = await ground.fetch("SELECT rows_sealed FROM purchase_part")
    assert b"GEHEIM" not in part["rows_sealed"]
    assert b"bert" not in part["rows_sealed"]
