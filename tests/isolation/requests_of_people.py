"""What somebody asked of their data in a company of two: a case of each way along, and the links that lead to them."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from leumund.kit import ground, tokens
from leumund.privacy.cases import answering, finishing, identifying, opening, rules, taking
from leumund.privacy.cases.opening import Asked
from leumund.privacy.rights import proving, releasing

# The mail that told of the end of a case, once it has gone out.
_ANSWERED = """
UPDATE message SET state = 'sent', sent_at = message.created_at, address_hash = customer.email_hash
FROM customer WHERE customer.id = message.customer AND message.subject_id = $1 RETURNING message.id
"""


class Made(NamedTuple):
    """One open case, and the tokens of links by what they are signed for."""

    case: UUID
    signed: dict[str, str]


async def make(*, customer: UUID, email: str, mark: str, at: datetime) -> Made:
    """A case that waits, one with a copy, one whose recipients are to be told, and a code on its way."""
    case = await _case(customer, "access", mark, at)
    copied, mended = [await _in_work(customer, kind, mark, at) for kind in ("portability", "rectification")]
    await releasing.release(case=copied, by=uuid4(), at=at)
    await finishing.finish(case=mended, outcome="carried_out", told=mark, by=uuid4(), at=at)
    await proving.ask(kind="objection", email=email, told=mark, language="de", at=at)
    (proof,) = await ground.fetch("SELECT id FROM rights_proof")
    (answer,) = await ground.fetch(_ANSWERED, mended)
    return Made(
        case,
        {
            proving.PURPOSE: tokens.sign(proving.PURPOSE, proof["id"]),
            releasing.PURPOSE: tokens.sign(releasing.PURPOSE, copied),
            answering.PURPOSE: tokens.sign(answering.PURPOSE, answer["id"]),
        },
    )


async def _case(customer: UUID, kind: rules.Kind, mark: str, at: datetime) -> UUID:
    asked = Asked(kind=kind, customer=customer, came="letter", language="de", words=mark)
    return await opening.open(asked=asked, actor="system:test", at=at)


async def _in_work(customer: UUID, kind: rules.Kind, mark: str, at: datetime) -> UUID:
    case = await _case(customer, kind, mark, at)
    await identifying.vouch(case=case, proof=mark, by=uuid4(), at=at)
    await taking.take(case=case, by=uuid4(), at=at)
    return case
