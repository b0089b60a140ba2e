"""What a verification says: checks with what they looked at and found, and visits with the statements they tried.

Whatever is named here is a schema, a role, a table or a statement, and never a company by its name: a report may be
handed to any company whose part it is.
"""

from datetime import datetime

import msgspec

REFUSED = "42501"
DONE = "00000"
# A company that leaves meanwhile takes its schema along; what is not there is not reached either.
GONE = ("3F000", "42P01")


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A hole: ``object`` and ``detail`` fill the sentence of its check, ``mend`` is the SQL that closes it.

    ``schemas`` are the companies it concerns; without any it concerns all of them.
    """

    schemas: tuple[str, ...] = ()
    object: str
    detail: str = ""
    mend: str


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One question to the catalog, or one kind of try; ``name`` is the end of its texts' keys.

    ``notes`` are what those who keep the server could do, and whoever runs the deployment answers for.
    """

    name: str
    looked_at: int
    findings: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()


class Tries(msgspec.Struct, frozen=True, kw_only=True):
    """One statement and the one answer it got: SQLSTATE, or what was seen; once for each of ``tables``, if any."""

    statement: str
    tables: tuple[str, ...] = ()
    answer: str
    good: bool

    @property
    def count(self) -> int:
        return len(self.tables) or 1


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """What was tried logged in as ``role``, against the schema ``target`` or, without one, from its own place."""

    check: str
    role: str
    target: str = ""
    tries: tuple[Tries, ...]

    @property
    def count(self) -> int:
        return sum(each.count for each in self.tries)


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A verification as a whole, or the part of it that is one company's.

    Of ``companies`` there are, ``probed`` were logged in as; each tried ``others`` of the rest, of these ``thorough``
    with every table and the others with one. ``passed_over`` had no connection to spare just then; ``unlisted`` tries
    were refused and are not among the ``visits``. ``subject`` is the company whose part this is.
    """

    at: datetime
    postgres: str
    version: int
    companies: int
    probed: int
    others: int
    thorough: int = 0
    passed_over: int = 0
    subject: str = ""
    checks: tuple[Check, ...]
    visits: tuple[Visit, ...] = ()
    unlisted: int = 0

    @property
    def findings(self) -> int:
        return sum(len(check.findings) for check in self.checks)

    @property
    def notes(self) -> int:
        return sum(len(check.notes) for check in self.checks)

    @property
    def tried(self) -> int:
        return sum(visit.count for visit in self.visits) + self.unlisted

    @property
    def clean(self) -> bool:
        return self.findings == 0
