"""What money leaves behind at a company of two: a batch on its way, an account, an address, and codes."""

from datetime import datetime
from uuid import UUID, uuid4

from leumund.kit import ground, personal
from leumund.payouts import arranging, booking, entering, giving, stocking, transferring
from leumund.payouts.arranging import Arrangement
from leumund.payouts.booking import Sum
from leumund.payouts.rules import Limit
from leumund.payouts.setting import Setting
from leumund.payouts.stocking import Code

IBAN = "DE89370400440532013000"
_BATCH = """
INSERT INTO payout_batch (id, way, currency, state, created_at, created_by, checked_by, checked_at, approved_by,
    approved_at, sent_by, sent_at, execution_date)
VALUES ($1, 'sepa', 'EUR', 'sent', $2, $3, $3, $2, $3, $2, $3, $2, $4)
"""
_PAYOUT = """
INSERT INTO payout (id, batch, beneficiary, way, cents, currency, state, idempotency_key, reference, created_at,
    approved_at, submitted_at)
VALUES ($1, $2, $3, 'sepa', 700, 'EUR', 'submitted', $1, $4, $5, $5, $5)
"""
_ITEM = "INSERT INTO payout_item (payout, reward, cents) SELECT $1, id, 700 FROM reward WHERE beneficiary = $2 LIMIT 1"
_ACCOUNT = (
    "INSERT INTO payout_account (id, customer, iban_sealed, holder_sealed, entered_at) VALUES ($1, $2, $3, $4, $5)"
)
_ADDRESS = "INSERT INTO payout_address (id, customer, address_sealed, entered_at) VALUES ($1, $2, $3, $4)"
_TRANSFER = "INSERT INTO payout_transfer (id, iban_sealed, holder_sealed) VALUES ($1, $2, $3)"


async def leave(mark: str, *, customer: UUID, member: UUID, at: datetime) -> None:
    """Rows of each table of payouts, all of which say ``mark`` where they say anything."""
    setting = Setting(holder=mark, iban=IBAN, purpose=mark, donation_to=mark, schedule="none", schedule_day=1)
    wanted = Arrangement(setting=setting, ways={"cash": "sepa"}, limits={"EUR": Limit()})
    await arranging.arrange(wanted=wanted, actor=f"staff:{member}", at=at)
    batch, payout, account, address = uuid4(), uuid4(), uuid4(), uuid4()
    await ground.execute(_BATCH, batch, at, member, at.date())
    await ground.execute(_PAYOUT, payout, batch, customer, mark, at)
    await ground.execute(_ITEM, payout, customer)
    await booking.created(Sum(payout=payout, beneficiary=customer, cents=700, currency="EUR"), at=at)
    key = await personal.key(person=customer)
    seals = [column.seal(told, account, key=key) for column, told in ((entering.IBAN, IBAN), (entering.HOLDER, mark))]
    await ground.execute(_ACCOUNT, account, customer, *seals, at)
    await ground.execute(_ADDRESS, address, customer, entering.ADDRESS.seal(mark, address, key=key), at)
    sent = [
        column.seal(told, payout, key=key) for column, told in ((transferring.IBAN, IBAN), (transferring.HOLDER, mark))
    ]
    await ground.execute(_TRANSFER, payout, *sent)
    pool = await stocking.open_pool(name=mark, currency="EUR", cents=700, low_below=0, by=member, at=at)
    await stocking.stock(pool=pool, codes=[Code(code=f"{mark}-1"), Code(code=f"{mark}-2")], by=member, at=at)
    code = giving.CODE.seal(f"{mark}-1", (await _first(pool)), key=key)
    await ground.execute(
        "UPDATE voucher SET payout = $2, given_at = $3, code_sealed = $4 WHERE id = $1",
        await _first(pool),
        payout,
        at,
        code,
    )


async def _first(pool: UUID) -> UUID:
    rows = await ground.fetch("SELECT id FROM voucher WHERE pool = $1 AND position = 1", pool)
    first: UUID = rows[0]["id"]
    return first
