"""What accountants take along says the same as the books, to the cent, and no period goes out twice unseen."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from leumund.insight import tabling
from leumund.insight.tabling import Period
from leumund.kit import ground
from leumund.kit.faults import Refusals
from leumund.kit.ground import Ground
from leumund.ledger import balancing, batching, charting, closing, datev, posting, stacking
from leumund.ledger.opening import Account
from leumund.ledger.posting import Move
from leumund.ledger.stacking import File, Wanted
from tests.rooms.test_ledger import undone

BERLIN = ZoneInfo("Europe/Berlin")
PROGRAM, ANNA = UUID(int=1), UUID(int=0xA00A << 100)
CLERK = uuid4()
NUMBERS = {"consultant": "29098", "client": "55003", "account_digits": "4", "year_begins": "1"}
# What is held for people is one account of the company's: what moves between the two is no booking of its own.
ACCOUNTS = {
    "program_budget": "4600",
    "reward_pending": "1700",
    "reward_available": "1700",
    "payout_in_transit": "1360",
    "paid_out": "1200",
    "clawback": "4605",
    "expired": "4605",
}
CHART = NUMBERS | {charting.field(kind, "EUR"): account for kind, account in ACCOUNTS.items()}
NIGHT = datetime(2027, 2, 10, 2, tzinfo=UTC)
IN_JANUARY = Wanted("EUR", date(2027, 1, 1), date(2027, 1, 31), BERLIN)
INSTANT = timedelta(microseconds=1)
MOVES = (
    ("program_budget", "reward_pending"),
    ("reward_pending", "reward_available"),
    ("reward_pending", "program_budget"),
    ("reward_available", "payout_in_transit"),
    ("payout_in_transit", "paid_out"),
    ("payout_in_transit", "reward_available"),
    ("reward_available", "clawback"),
)


def account(kind: str, currency: str = "EUR") -> Account:
    return Account(kind, PROGRAM if kind in balancing.OF_PROGRAMS else ANNA, currency)


async def move(sides: tuple[str, str], cents: int, at: datetime, currency: str = "EUR") -> None:
    cause = f"reward {uuid4()} granted"
    await posting.post_all(moves=[Move(*(account(kind, currency) for kind in sides), cents=cents, cause=cause)], at=at)


async def ready() -> None:
    await charting.chart(sent=CHART, currencies=["EUR"], actor="staff:x", at=NIGHT)
    await closing.close(at=NIGHT)


async def take(wanted: Wanted = IN_JANUARY) -> list[File]:
    return await batching.take(wanted=wanted, by=CLERK, reason="accounting", at=NIGHT)


def read(files: Sequence[File]) -> list[dict[str, str]]:
    """Every booking in the files, by the columns' names."""
    rows: list[dict[str, str]] = []
    for file in files:
        _, *told = file.content.decode("cp1252").splitlines()
        rows += csv.DictReader(io.StringIO("\n".join(told)), delimiter=";")
    return rows


def booked(rows: Sequence[dict[str, str]]) -> Counter[str]:
    """What each account of the company's got (credit) less what it gave (debit), in cents."""
    sums = Counter[str]()
    for row in rows:
        assert row["Soll/Haben-Kennzeichen"] == "S"
        cents = int(row["Umsatz (ohne Soll/Haben-Kz)"].replace(",", ""))
        sums[row["Konto"]] -= cents
        sums[row["Gegenkonto (ohne BU-Schlüssel)"]] += cents
    return sums


async def trial(at: datetime) -> Counter[str]:
    """The trial balance before a moment, by the company's accounts."""
    sums = Counter[str]()
    for each in await balancing.by_kind(at=at - INSTANT):
        if each.currency == "EUR":
            sums[ACCOUNTS[each.kind]] += each.cents
    return sums


stories = some.lists(
    some.tuples(some.sampled_from(MOVES), some.integers(1, 99_999), some.integers(0, 45 * 24)), max_size=25
)


@settings(max_examples=25)
@given(told=stories)
async def test_both_files_say_what_the_trial_balance_says_before_and_after(
    inside: Ground, told: list[tuple[tuple[str, str], int, int]]
):
    begin, end = (datetime.combine(day, datetime.min.time(), BERLIN) for day in (date(2027, 1, 1), date(2027, 2, 1)))
    async with undone():
        await move(("program_budget", "reward_pending"), 700, begin - timedelta(days=3))
        for sides, cents, hours in told:
            await move(sides, cents, begin - timedelta(days=7) + timedelta(hours=hours))
        await move(("program_budget", "reward_pending"), 4_711, begin, "CHF")
        await ready()
        difference = await trial(end)
        difference.subtract(await trial(begin))
        sums = booked(read(await take()))
        assert {name: cents for name, cents in sums.items() if cents} == {
            name: cents for name, cents in difference.items() if cents
        }
        period = Period(IN_JANUARY.first, IN_JANUARY.last, BERLIN, "en")
        assert _of_table(await tabling.table(name="postings", period=period)) == _moved(
            await tabling.table(name="balances", period=period)
        )


def _cents(text: object) -> int:
    return int(str(text).replace(".", ""))


def _of_table(rows: Sequence[Sequence[Any]]) -> Counter[tuple[str, str]]:
    sums = Counter[tuple[str, str]]()
    for _, _, source, target, amount, currency, *_rest in rows:
        sums[source, currency] -= _cents(amount)
        sums[target, currency] += _cents(amount)
    return Counter({key: cents for key, cents in sums.items() if cents})


def _moved(rows: Sequence[Sequence[Any]]) -> Counter[tuple[str, str]]:
    """What the balances say has changed, which is as well what came in less what went out."""
    sums = Counter[tuple[str, str]]()
    for name, currency, before, before_side, got, gave, after, after_side in rows:
        change = _signed(after, after_side) - _signed(before, before_side)
        assert change == _cents(got) - _cents(gave)
        sums[name, currency] = change
    return Counter({key: cents for key, cents in sums.items() if cents})


def _signed(amount: object, side: str) -> int:
    return -_cents(amount) if side == "S" else _cents(amount)


async def test_a_line_names_nobody_and_what_it_was_for(inside: Ground):
    await move(("program_budget", "reward_pending"), 2500, datetime(2027, 1, 31, 22, 30, tzinfo=UTC))
    await move(("program_budget", "reward_pending"), 2500, datetime(2027, 1, 31, 23, 30, tzinfo=UTC))
    await ready()
    (row,) = read(await take())
    assert (row["Belegdatum"], row["Konto"], row["Gegenkonto (ohne BU-Schlüssel)"]) == ("3101", "4600", "1700")
    assert row["Buchungstext"] == f"Prämie zugesagt {ANNA.hex[:8].upper()}"
    assert row["Belegfeld 1"].startswith("R-")


async def test_what_moves_within_one_account_of_the_companys_is_left_out(inside: Ground):
    await move(("reward_pending", "reward_available"), 2500, datetime(2027, 1, 10, tzinfo=UTC))
    await ready()
    (file,) = await take()
    assert read([file]) == []
    (batch,) = await batching.listed()
    assert (batch.number, batch.lines, batch.cents) == (1, 0, 0)


async def test_a_period_goes_out_once_and_again_only_where_somebody_says_so(inside: Ground):
    await move(("program_budget", "reward_pending"), 2500, datetime(2027, 1, 10, tzinfo=UTC))
    await ready()
    (first,) = await take()
    for days in ((1, 31), (31, 31), (1, 1)):
        with pytest.raises(batching.TakenBefore) as refused:
            await take(IN_JANUARY._replace(first=date(2027, 1, days[0]), last=date(2027, 1, days[1])))
        assert refused.value.values["number"] == 1
    (again,) = await take(IN_JANUARY._replace(again=True))
    assert read([again]) == read([first]), "it says the same"
    await take(IN_JANUARY._replace(first=date(2027, 2, 1), last=date(2027, 2, 7)))
    assert [(each.number, each.again) for each in await batching.listed()] == [(3, False), (2, True), (1, False)]


async def test_days_that_are_not_closed_stay_here(inside: Ground):
    await ready()
    for last in (date(2027, 2, 9), date(2027, 3, 1)):
        with pytest.raises(batching.NotClosed):
            await take(IN_JANUARY._replace(last=last))
    with pytest.raises(batching.NoPeriod):
        await take(IN_JANUARY._replace(first=date(2027, 2, 1)))
    assert await batching.listed() == []


async def test_each_fiscal_year_has_a_file_of_its_own(inside: Ground):
    for day in (datetime(2026, 12, 31, 12, tzinfo=UTC), datetime(2027, 1, 1, 12, tzinfo=UTC)):
        await move(("program_budget", "reward_pending"), 2500, day)
    await ready()
    files = await take(IN_JANUARY._replace(first=date(2026, 12, 1)))
    headers = [file.content.decode("cp1252").splitlines()[0].split(";") for file in files]
    assert [header[12:16] for header in headers] == [
        ["20260101", "4", "20261201", "20261231"],
        ["20270101", "4", "20270101", "20270131"],
    ]
    assert [file.name for file in files] == [f"EXTF_Buchungsstapel_00001_0{n}.csv" for n in (1, 2)]


async def test_a_file_is_cut_where_datev_takes_no_more(inside: Ground, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(datev, "MOST_LINES", 2)
    for n in range(5):
        await move(("program_budget", "reward_pending"), 2500 + n, datetime(2027, 1, 10, tzinfo=UTC))
    await ready()
    files = await take()
    assert [len(read([file])) for file in files] == [2, 2, 1]
    assert booked(read(files)) == await trial(NIGHT)


async def test_nothing_leaves_before_somebody_said_which_account_is_which(inside: Ground):
    await move(("program_budget", "reward_pending"), 2500, datetime(2027, 1, 10, tzinfo=UTC))
    await closing.close(at=NIGHT)
    with pytest.raises(stacking.NotSetUp):
        await take()
    await charting.chart(sent=NUMBERS, currencies=["EUR"], actor="staff:x", at=NIGHT)
    with pytest.raises(stacking.NotSetUp) as refused:
        async with ground.savepoint():
            await take()
    assert refused.value.values["account"] == "Budget des Programms"


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("consultant", "1000"),
        ("consultant", "²"),
        ("client", "100000"),
        ("client", ""),
        ("account_digits", "9"),
        ("year_begins", "13"),
        ("account_paid_out_EUR", "12000"),
        ("account_paid_out_EUR", "0200"),
        ("account_paid_out_EUR", "12a0"),
    ],
)
async def test_a_number_that_datev_would_not_take_is_told_beside_its_field(inside: Ground, field: str, typed: str):
    with pytest.raises(Refusals) as refused:
        await charting.chart(sent=CHART | {field: typed}, currencies=["EUR"], actor="staff:x", at=NIGHT)
    assert field in [fault.field for fault in refused.value.faults]
    assert (await charting.setup()).practice is None


async def test_a_table_that_is_too_long_is_refused(inside: Ground, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tabling, "MOST_ROWS", 1)
    for n in range(2):
        await move(("program_budget", "reward_pending"), 2500 + n, datetime(2027, 1, 10, tzinfo=UTC))
    with pytest.raises(tabling.TooManyRows):
        await tabling.table(name="postings", period=Period(date(2027, 1, 1), date(2027, 1, 31), BERLIN, "de"))
