"""A person's statement as a document: what they have by now, and every movement in words, with what it left."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec

from leumund.company.describing import Profile
from leumund.kit import dates, language, money
from leumund.kit.money import Money
from leumund.kit.sheets import Facts, Prose, Section, Sheet, Table
from leumund.ledger import causes
from leumund.ledger.balancing import OF_PROGRAMS
from leumund.ledger.stating import Movement, Statement

_HELD = ("pending", "available", "transit", "paid")
_LINE = ("at", "what", "in", "out", "pending", "available", "currency")
_COLUMNS = ("at", "what", "amount", "pending", "available")


class Say(msgspec.Struct, frozen=True):
    """How the statement is told: in ``lang`` and by the company's clocks."""

    lang: str
    zone: ZoneInfo

    def tell(self, said: str, **values: object) -> str:
        return language.text(f"statement.{said}", self.lang, **values)

    def money(self, cents: int, currency: str) -> str:
        return money.text(Money(cents, currency), self.lang)

    def day(self, at: datetime) -> str:
        return dates.day(at.astimezone(self.zone).date(), self.lang)


def sheet(told: Statement, *, name: str, company: Profile, lang: str, at: datetime) -> Sheet:
    """The statement of whoever is called ``name``, to read as a page or as a PDF."""
    say = Say(lang, ZoneInfo(company.time_zone))
    sections = [_section(currency, told.movements, say) for currency in told.newest]
    cut = [Section("", [Prose([say.tell("more", most=len(told.movements))])])] if told.more else []
    return Sheet(
        title=say.tell("title"),
        language=lang,
        issuer=company.legal_name,
        at=at,
        lead=say.tell("lead", name=name, date=say.day(at)) if name else say.tell("lead_nameless", date=say.day(at)),
        sections=[*sections, *cut] or [Section("", [Prose([say.tell("none")])])],
    )


def rows(told: Statement, *, lang: str, zone: ZoneInfo) -> list[list[object]]:
    """The movements for a spreadsheet, newest first, under ``head``."""
    say = Say(lang, zone)
    return [_line(each, say) for each in told.movements]


def head(lang: str) -> list[str]:
    """What stands above ``rows``."""
    return [language.text(f"statement.{name}", lang) for name in _LINE]


def _section(currency: str, movements: Sequence[Movement], say: Say) -> Section:
    ours = [each for each in movements if each.currency == currency]
    now = {name: getattr(ours[0], f"{name}_cents") for name in _HELD}
    facts = [(say.tell(f"now.{name}"), say.money(cents, currency)) for name, cents in now.items()]
    table = Table([say.tell(name) for name in _COLUMNS], [_row(each, say) for each in ours])
    return Section(say.tell("in_currency", currency=currency), [Facts(facts), table])


def _row(each: Movement, say: Say) -> list[str]:
    held = [say.money(cents, each.currency) for cents in (each.pending_cents, each.available_cents)]
    return [say.day(each.at), _what(each, say), _signed(each, say), *held]


def _line(each: Movement, say: Say) -> list[object]:
    """Amounts that came and that went in columns of their own: a spreadsheet takes a sign for a formula."""
    signed = _signed(each, say)
    amount = say.money(each.cents, each.currency)
    came, went = [amount if signed.startswith(sign) else "" for sign in ("+", money.MINUS)]
    held = [say.money(cents, each.currency) for cents in (each.pending_cents, each.available_cents)]
    return [say.day(each.at), _what(each, say), came, went, *held, each.currency]


def _what(each: Movement, say: Say) -> str:
    cause = causes.read(each.cause)
    return say.tell(f"deed.{cause.noun}.{cause.deed}") if cause.noun else say.tell("deed.other")


def _signed(each: Movement, say: Say) -> str:
    """With a sign where it came to the person or left them, without one where it only moved on."""
    amount = say.money(each.cents, each.currency)
    if each.credit_kind in OF_PROGRAMS or each.credit_kind == "paid_out":
        return f"{money.MINUS}{amount}"
    return f"+{amount}" if each.debit_kind in OF_PROGRAMS or each.debit_kind == "paid_out" else amount
