"""What becomes a payout, which accounts there are, and a file the bank takes: without a row."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from io import BytesIO
from uuid import UUID

import pytest
from defusedxml import ElementTree
from hypothesis import given, settings
from hypothesis import strategies as st

from leumund.payouts import banking, ibans, reckoning, transferring
from leumund.payouts.reckoning import Claim, Standing
from leumund.payouts.rules import Limit
from leumund.payouts.setting import Setting
from leumund.payouts.transferring import Transfer

OURS = "DE89370400440532013000"
THEIRS = "FR1420041010050500013M02606"
AT = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
SPACE = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
sums = st.integers(1, 20_000)


def claims(cents: Sequence[int]) -> list[Claim]:
    return [Claim(UUID(int=number), each) for number, each in enumerate(cents)]


@settings(max_examples=50)
@given(st.lists(sums, max_size=8), st.integers(0, 40_000), st.integers(0, 30_000), st.booleans(), sums)
def test_nobody_is_paid_more_than_the_ledger_holds_or_the_year_allows(
    earned: list[int], debt: int, year: int, whole: bool, least: int
):
    waiting = sum(earned)
    standing = Standing(held_cents=waiting - debt, waiting_cents=waiting, year_cents=year)
    limit = Limit(least_cents=least, most_a_year_cents=25_000)
    reckoned = reckoning.reckon(claims(earned), standing, limit, whole=whole)
    totals = [sum(item.cents for item in items) for items in reckoned.payouts]
    assert sum(totals) <= max(0, waiting - debt)
    assert sum(totals) + year <= max(25_000, year)
    assert all(total > 0 for total in totals)
    assert whole or all(total >= least for total in totals)
    items = [item for each in reckoned.payouts for item in each]
    assert len({item.reward for item in items}) == len(items)
    assert all(item.cents + item.set_off_cents == earned[item.reward.int] for item in items)
    assert sum(item.set_off_cents for item in items) <= debt
    assert len(items) == len(earned) or reckoned.waits is not None, "what waits has its reason"


def test_a_debt_is_set_off_against_the_oldest_first():
    standing = Standing(held_cents=2000, waiting_cents=7000)
    reckoned = reckoning.reckon(claims([3000, 4000]), standing, Limit(), whole=False)
    assert [[(item.cents, item.set_off_cents) for item in items] for items in reckoned.payouts] == [
        [(0, 3000), (2000, 2000)]
    ]


@pytest.mark.parametrize(
    "text", ["DE89 3704 0044 0532 0130 00", "de89370400440532013000", "DE89-3704-0044-0532-0130-00"]
)
def test_an_account_is_read_as_people_write_it(text: str):
    assert ibans.normal(text) == OURS


@pytest.mark.parametrize("text", ["", "DE89370400440532013001", "DE8937040044053201300", "Anna", "DE" + "8" * 99])
def test_what_is_no_account_is_refused(text: str):
    with pytest.raises(ibans.NotAnIban):
        ibans.normal(text)


def test_no_transfer_reaches_a_country_outside():
    with pytest.raises(ibans.NotInSepa):
        ibans.normal("TR330006100519786457841326")


def test_banks_rest_on_weekends_and_on_their_own_holidays_alone():
    assert banking.next_bank_day(date(2026, 12, 24)) == date(2026, 12, 28)
    assert banking.next_bank_day(date(2027, 3, 25)) == date(2027, 3, 30), "Easter"
    assert banking.is_bank_day(date(2026, 10, 3)) is False, "a Saturday"
    assert banking.is_bank_day(date(2027, 5, 17)), "Whit Monday is a holiday in Germany and none of TARGET's"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Jürgen Weiß & Söhne", "Juergen Weiss Soehne"),
        ("Łukasz Żółć", "Lukasz Zolc"),
        ("Анна", "Anna"),
        ("x" * 99, "x" * 70),
        ("🙂", "-"),
    ],
)
def test_names_are_written_in_letters_every_bank_takes(text: str, written: str):
    assert transferring.plain(text, 70) == written


@settings(max_examples=20)
@given(st.lists(st.tuples(st.integers(1, 10**9), st.text(min_size=1, max_size=90)), min_size=1, max_size=6))
def test_a_file_says_each_sum_to_the_cent_and_keeps_to_the_schema(paid: list[tuple[int, str]]):
    lines = [
        Transfer(payout=UUID(int=number), cents=cents, iban=THEIRS, holder=holder)
        for number, (cents, holder) in enumerate(paid, start=1)
    ]
    said = Setting(iban=OURS, holder="Linden Energie GmbH", purpose="Prämie: Freunde werben")
    wanted = {"batch": UUID(int=7), "execution_date": date(2026, 12, 2), "at": AT}
    written = transferring.write(lines, said, **wanted)  # type: ignore[arg-type] # keywords of several types
    assert written == transferring.write(lines, said, **wanted)  # type: ignore[arg-type]
    tree = ElementTree.parse(BytesIO(written))
    told = [
        (each.findtext("p:PmtId/p:EndToEndId", None, SPACE), each.findtext("p:Amt/p:InstdAmt", None, SPACE))
        for each in tree.iterfind(".//p:CdtTrfTxInf", SPACE)
    ]
    assert told == [(line.payout.hex, f"{line.cents // 100}.{line.cents % 100:02}") for line in lines]
    total = sum(line.cents for line in lines)
    assert tree.findtext(".//p:GrpHdr/p:CtrlSum", None, SPACE) == f"{total // 100}.{total % 100:02}"
    assert tree.findtext(".//p:DbtrAgt/p:FinInstnId/p:Othr/p:Id", None, SPACE) == "NOTPROVIDED"
    assert tree.findtext(".//p:ReqdExctnDt/p:Dt", None, SPACE) == "2026-12-02"
