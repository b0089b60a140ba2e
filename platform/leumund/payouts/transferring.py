"""Write the file that a company's bank takes: SEPA credit transfers as ISO 20022 pain.001.001.09.

That is the version in Annex 3 of the German banks (Deutsche Kreditwirtschaft, edition 26.11, in force since 16 November
2026). The file is written by sepaxml, filled in where that leaves open what the annex asks for, and held against ISO's
own schema before anybody gets it.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cache
from importlib import resources
from typing import Any
from uuid import UUID

import msgspec
import sepaxml
from lxml import etree
from text_unidecode import unidecode

from leumund.company import describing
from leumund.kit import ground, personal
from leumund.kit.faults import Refused
from leumund.kit.sealing import Column
from leumund.payouts import banking, entering, setting
from leumund.payouts.setting import Setting

SCHEMA = "pain.001.001.09"
IBAN, HOLDER = Column("payout_transfer", "iban_sealed"), Column("payout_transfer", "holder_sealed")
# Whose account the file takes from and what it says there, as it was: another bank would carry it out once more.
_DEBITED = Column("payout_batch", "debited_sealed")
_PREPARE = "UPDATE payout_batch SET execution_date = $2, debited_sealed = $3 WHERE id = $1"
_SENT = "SELECT execution_date, sent_at, debited_sealed FROM payout_batch WHERE id = $1"
_SPACE = {"p": f"urn:iso:std:iso:20022:tech:xsd:{SCHEMA}"}
# What a bank takes in a text of a transfer (EPC217-08); German letters are written out before.
_ALLOWED = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-?:().,'+ ")
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})
_LATEST = timedelta(days=90)
# An account with the check digits 00, which are given to nobody (ISO 13616-1: 02 to 98).
_NOWHERE = "DE00TEST{:014}"
_ACCOUNTS = f"""
SELECT p.id, a.id AS account, a.iban_sealed, a.holder_sealed, p.beneficiary, {personal.brought("p.beneficiary")}
FROM payout p JOIN payout_account a ON a.customer = p.beneficiary
WHERE p.batch = $1 AND p.state = 'approved' ORDER BY p.id
"""  # noqa: S608 - ours alone
_KEEP = """
INSERT INTO payout_transfer (id, iban_sealed, holder_sealed) SELECT id, iban, holder
FROM unnest($1::uuid[], $2::bytea[], $3::bytea[]) AS told (id, iban, holder)
"""
_TRANSFERS = f"""
SELECT p.id, p.cents, t.iban_sealed, t.holder_sealed, p.beneficiary, {personal.brought("p.beneficiary")}
FROM payout p JOIN payout_transfer t ON t.id = p.id WHERE p.batch = $1 AND p.submitted_at IS NOT NULL ORDER BY p.id
"""  # noqa: S608 - ours alone


class NoOwnAccount(Refused):
    """The company has not told its own account yet."""


class NotABankDay(Refused):
    """Not a day on which banks carry transfers out, or none of the next three months."""


class NothingToTransfer(Refused):
    """There is no file of this batch: it was not sent, or goes another way."""


class Transfer(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the file; ``payout`` is its end-to-end id, by which a bank tells what came back."""

    payout: UUID
    cents: int
    iban: str
    holder: str


async def prepare(*, batch: UUID, execution_date: date, today: date) -> None:
    """Keep the account an approved batch leaves from and those it goes to, and the day its bank is asked for.

    Three statements. Raises NoOwnAccount, NotABankDay.
    """
    own = await _own()
    if not banking.is_bank_day(execution_date) or not today < execution_date <= today + _LATEST:
        raise NotABankDay("errors.payouts.no_bank_day", field="execution_date")
    debited = _DEBITED.seal(msgspec.json.encode(own).decode(), batch)
    await ground.execute(_PREPARE, batch, execution_date, debited)
    kept = [_kept(row) for row in await ground.fetch(_ACCOUNTS, batch)]
    if kept:
        await ground.execute(_KEEP, *(list(part) for part in zip(*kept, strict=True)))


async def transfers(*, batch: UUID) -> list[Transfer]:
    """What the file of a batch says. One query. Raises NothingToTransfer."""
    rows = await ground.fetch(_TRANSFERS, batch)
    if not rows:
        raise NothingToTransfer("errors.payouts.nothing_to_transfer")
    return [_transfer(row) for row in rows]


async def file(*, batch: UUID) -> bytes:
    """The file of a batch that was sent; asked for again, it is the same. Raises NothingToTransfer, NoOwnAccount.

    That of a test company is read by any program that reads such files, and carried out by no bank.
    """
    lines, (row,) = await transfers(batch=batch), await ground.fetch(_SENT, batch)
    # Of what was sent before that was kept with it, the account of today is the best that is known.
    kept = _DEBITED.tell(row["debited_sealed"], batch)
    said = msgspec.json.decode(kept, type=Setting) if kept else await _own()
    if ground.current().is_twin:
        lines, said = [_invented(line) for line in lines], msgspec.structs.replace(said, iban=_NOWHERE.format(0))
    return write(lines, said, batch=batch, execution_date=row["execution_date"], at=row["sent_at"])


async def _own() -> Setting:
    """The company's own account, under the name it is held in. Raises NoOwnAccount."""
    said = await setting.read()
    if not said.iban:
        raise NoOwnAccount("errors.payouts.no_own_account")
    holder = said.holder or (await describing.profile()).legal_name
    return Setting(iban=said.iban, holder=holder, purpose=said.purpose)


def write(lines: Sequence[Transfer], said: Setting, *, batch: UUID, execution_date: date, at: datetime) -> bytes:
    """The file itself, checked against the schema."""
    config = {"name": plain(said.holder, 70), "IBAN": said.iban, "currency": "EUR", "batch": True}
    made = sepaxml.SepaTransfer(config, schema=SCHEMA, clean=False)
    for line in lines:
        made.add_payment(
            {
                "name": plain(line.holder, 70),
                "IBAN": line.iban,
                "amount": line.cents,
                "execution_date": execution_date,
                "description": plain(said.purpose or said.holder, 140),
                "endtoend_id": line.payout.hex,
            }
        )
    tree = etree.fromstring(made.export(validate=False))
    _fill_in(tree, batch, at)
    _schema().assertValid(tree)
    return bytes(etree.tostring(tree, xml_declaration=True, encoding="UTF-8"))


def plain(text: str, longest: int) -> str:
    """``text`` in the letters every bank takes: ``Jürgen Weiß`` is ``Juergen Weiss``."""
    latin = unidecode(text.translate(_GERMAN))
    kept = "".join(each if each in _ALLOWED else " " for each in latin)
    return " ".join(kept.split())[:longest].strip() or "-"


def _invented(line: Transfer) -> Transfer:
    """The same to an account that no bank has, told from the others by its digits."""
    return msgspec.structs.replace(line, iban=_NOWHERE.format(line.payout.int % 10**14))


def _fill_in(tree: Any, batch: UUID, at: datetime) -> None:
    """The same names and moment each time the file is asked for, and a bank that is found by its IBAN alone."""
    tree.find(".//p:GrpHdr/p:MsgId", _SPACE).text = batch.hex
    tree.find(".//p:GrpHdr/p:CreDtTm", _SPACE).text = at.strftime("%Y-%m-%dT%H:%M:%SZ")
    for number, part in enumerate(tree.iterfind(".//p:PmtInf", _SPACE), start=1):
        part.find("p:PmtInfId", _SPACE).text = f"{batch.hex}-{number}"
        bank = part.find("p:DbtrAgt/p:FinInstnId", _SPACE)
        other = etree.SubElement(bank, f"{{{_SPACE['p']}}}Othr")
        etree.SubElement(other, f"{{{_SPACE['p']}}}Id").text = "NOTPROVIDED"


@cache
def _schema() -> Any:
    """ISO 20022's own, as sepaxml brings it along; what that checks with by itself takes seven seconds for 10,000."""
    text = resources.files(sepaxml).joinpath("schemas", f"{SCHEMA}.xsd").read_bytes()
    return etree.XMLSchema(etree.fromstring(text))


def _kept(row: dict[str, Any]) -> tuple[UUID, bytes, bytes]:
    """The account once more, sealed for this payout's row."""
    key, payout = personal.opened(row["key_sealed"], person=row["beneficiary"]), row["id"]
    iban, holder = (
        column.unseal(row[column.name], row["account"], key=key) for column in (entering.IBAN, entering.HOLDER)
    )
    return payout, IBAN.seal(iban, payout, key=key), HOLDER.seal(holder, payout, key=key)


def _transfer(row: dict[str, Any]) -> Transfer:
    key = personal.opened(row["key_sealed"], person=row["beneficiary"])
    iban, holder = (column.unseal(row[column.name], row["id"], key=key) for column in (IBAN, HOLDER))
    return Transfer(payout=row["id"], cents=row["cents"], iban=iban, holder=holder)
