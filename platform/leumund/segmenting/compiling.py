"""Compile a definition to one statement: what it looks at is joined once, and one expression says who belongs.

Joins, not a question per condition: each side is read once and hashed, or sorted where it does not fit into memory, so
that the cost grows with the rows and with nothing else. All that people typed are arguments; a test holds what comes
out against the same definition worked out in Python.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from leumund.customers.segments import evaluating
from leumund.customers.segments.defining import Condition, Definition, Group
from leumund.segmenting import sources
from leumund.surveys import rules

_NPS = (
    f"CASE WHEN {{0}}.score >= {rules.PROMOTER_FROM} THEN 'promoter' "
    f"WHEN {{0}}.score <= {rules.DETRACTOR_TO} THEN 'detractor' WHEN {{0}}.score IS NOT NULL THEN 'passive' END"
)
_OWN = {"stage": "c.stage", "language": "c.language", "country": "c.country"}


class Compiled(msgspec.Struct, frozen=True):
    """A statement in parts: from where, who may be found at all, who is, and each condition alone, over ``arguments``.

    ``c`` is the customer in all of them.
    """

    source: str
    people: str
    belongs: str
    conditions: Sequence[str]
    arguments: Sequence[object]

    @property
    def members(self) -> str:
        """Who belongs, as rows of ``customer``."""
        return f"SELECT c.id AS customer FROM {self.source} WHERE {self.people} AND {self.belongs}"  # noqa: S608


def compiled(definition: Definition, *, at: datetime) -> Compiled:
    """The statement that finds who belongs at ``at``."""
    return _Statement(at=at, arguments=[at]).compiled(definition)


class _Statement(msgspec.Struct, kw_only=True):
    """A statement in the making: what it joins and what it is given, numbered in the order of the definition."""

    at: datetime
    arguments: list[object]
    joined: dict[str, str] = {}
    conditions: list[str] = []

    def compiled(self, definition: Definition) -> Compiled:
        belongs = self._group(definition.root)
        source = "customer c"
        if definition.evaluates:
            source += f" JOIN ({evaluating.EVALUABLE}) evaluable ON evaluable.customer = c.id"
        joins = (f"LEFT JOIN ({sql}) {name} ON {name}.customer = c.id" for sql, name in self.joined.items())
        return Compiled(
            " ".join([source, *joins]),
            # What a statement does not use it may not be given, and every one has its moment.
            "c.held IS NULL AND c.created_at <= $1",
            belongs,
            self.conditions,
            self.arguments,
        )

    def _group(self, group: Group) -> str:
        inside = [self._group(each) if isinstance(each, Group) else self._condition(each) for each in group.of]
        joined = {"all": " AND ", "any": " OR "}[group.join].join(inside)
        return f"NOT ({joined})" if group.negated else f"({joined})"

    def _condition(self, condition: Condition) -> str:
        holds = self._holds(condition)
        # Of whom nothing is known nothing holds, and what is denied of them does.
        said = f"coalesce({holds}, false)"
        said = f"NOT {said}" if condition.negated else said
        self.conditions.append(said)
        return said

    def _holds(self, condition: Condition) -> str:
        if condition.fact in _OWN:
            return f"{_OWN[condition.fact]} = ANY ({self._place(list(condition.among))}::text[])"
        if condition.fact == "customer_days":
            return self._aged("c.customer_since_date", condition, date=True)
        joined = self._join(condition)
        if condition.op == "in":
            return self._among(joined, condition)
        if condition.fact == "takes_part":
            return f"{joined}.customer IS NOT NULL"
        if condition.fact == "answered":
            since = self._since(timedelta(days=condition.days)) if condition.days else ""
            return f"{joined}.last_at > {since}" if since else f"{joined}.last_at IS NOT NULL"
        if condition.fact in ("last_purchase", "last_answer"):
            return self._aged(f"{joined}.last_at", condition)
        return self._counted(joined, condition)

    def _among(self, joined: str, condition: Condition) -> str:
        if condition.fact == "nps_class":
            return f"{_NPS.format(joined)} = ANY ({self._place(list(condition.among))}::text[])"
        if condition.fact == "loyalty":
            return f"{joined}.type = ANY ({self._place(list(condition.among))}::text[])"
        return f"{joined}.held && {self._place(list(condition.among))}::text[]"

    def _counted(self, joined: str, condition: Condition) -> str:
        compared = ">=" if condition.op == "least" else "<="
        counted = f"{joined}.{'cents' if condition.fact == 'revenue' else 'number'}"
        # Who bought nothing did so no times; who has no score has none of any height.
        counted = counted if condition.fact == "score" else f"coalesce({counted}, 0)"
        return f"{counted} {compared} {self._place(condition.number)}::bigint"

    def _aged(self, moment: str, condition: Condition, *, date: bool = False) -> str:
        """At least so many days ago, or at most; what never was is neither."""
        then = self._since(timedelta(days=condition.number))
        then = f"({then} AT TIME ZONE 'UTC')::date" if date else then
        return f"{moment} {'<=' if condition.op == 'least' else '>='} {then}"

    def _join(self, condition: Condition) -> str:
        before = len(self.arguments)
        sql = sources.sql(condition, place=self._place, since=self._since)
        # The same thing asked twice is looked at once, if it is asked with the same values.
        name = self.joined.setdefault(sql, f"s{len(self.joined)}")
        assert sql or before == len(self.arguments), f"nobody knows what {condition.fact} looks at"
        return name

    def _since(self, ago: timedelta) -> str:
        return f"{self._place(self.at - ago)}::timestamptz"

    def _place(self, value: object) -> str:
        for number, each in enumerate(self.arguments, 1):
            if type(each) is type(value) and each == value:
                return f"${number}"
        self.arguments.append(value)
        return f"${len(self.arguments)}"
