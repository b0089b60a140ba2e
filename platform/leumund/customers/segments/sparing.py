"""Spare class C what costs money (requirements A112): the rule, and whom it leaves out.

Whoever plans a measure that is paid for reads it here: a wave, a card by post, a file for advertising. It is on until
somebody turns it off, each measure may overrule it by saying so, and it withholds nothing a customer has earned. Who
has no class, having bought nothing yet or not agreed to be evaluated, is left out of nothing.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid4

import msgspec

from leumund.audit import noting
from leumund.customers.segments import evaluating
from leumund.kit import ground
from leumund.kit.faults import Refusals, Refused

_RULE = "SELECT months, a_percent, b_percent, spares_c FROM class_rule"
_SET = """
INSERT INTO class_rule (id, months, a_percent, b_percent, spares_c, changed_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT ((true)) DO UPDATE SET months = excluded.months, a_percent = excluded.a_percent,
    b_percent = excluded.b_percent, spares_c = excluded.spares_c, changed_at = excluded.changed_at
"""
# Somebody is a C where they are one in every currency they bought in.
SPARED = f"""
SELECT customer FROM customer_class WHERE customer IN ({evaluating.EVALUABLE})
GROUP BY customer HAVING max(class) = 'C' AND min(class) = 'C'
"""  # noqa: S608 - all ours
# The same among a few, which nobody need ask everybody for.
_AMONG = f"""
SELECT k.customer FROM customer_class k JOIN customer c ON c.id = k.customer
WHERE k.customer = ANY ($1::uuid[]) AND {evaluating.EVALUABLE_ONE}
GROUP BY k.customer HAVING max(k.class) = 'C' AND min(k.class) = 'C'
"""  # noqa: S608 - all ours
_MOST_MONTHS, _MOST_PERCENT = 60, 99


class NotARule(Refused):
    """No thresholds one could class by."""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """The first ``a_percent`` of the revenue of ``months`` are class A's, those up to ``b_percent`` class B's."""

    months: int = 12
    a_percent: int = 80
    b_percent: int = 95
    spares_c: bool = True


async def rule() -> Rule:
    """The company's own, or 80 / 15 / 5 of twelve months, with class C spared."""
    rows = await ground.fetch(_RULE)
    return Rule(**rows[0]) if rows else Rule()


async def settle(*, rule: Rule, actor: str, at: datetime) -> None:
    """Class by another rule from the next time on. Raises Refusals."""
    faults = []
    if not 1 <= rule.months <= _MOST_MONTHS:
        faults.append(NotARule("errors.segments.months", field="months", most=_MOST_MONTHS))
    if not 1 <= rule.a_percent < _MOST_PERCENT:
        faults.append(NotARule("errors.segments.a_percent", field="a_percent", most=_MOST_PERCENT - 1))
    if not rule.a_percent < rule.b_percent <= _MOST_PERCENT:
        faults.append(NotARule("errors.segments.b_percent", field="b_percent", most=_MOST_PERCENT))
    if faults:
        raise Refusals(faults)
    told = msgspec.structs.asdict(rule)
    await ground.execute(_SET, uuid4(), *told.values(), at)
    await noting.note(actor=actor, action="segment.classes_set", detail=told, at=at)


async def spared(*, people: Collection[UUID]) -> set[UUID]:
    """Whom of ``people`` a measure that costs money leaves out, where it does not overrule the rule. Two queries."""
    if not (await rule()).spares_c:
        return set()
    return {row["customer"] for row in await ground.fetch(_AMONG, list(people))}


def spared_sql(*, rule: Rule, overruled: bool = False) -> str:
    """The SQL of whom a measure that costs money leaves out, as rows of ``customer``; nobody where it is overruled."""
    return SPARED if rule.spares_c and not overruled else "SELECT NULL::uuid AS customer WHERE false"
