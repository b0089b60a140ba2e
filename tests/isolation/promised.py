"""A second program of a company that rests, with a version that is being written."""

from datetime import datetime
from uuid import UUID

import msgspec

from leumund.programs import drafting, issuing, steering
from leumund.programs.offers import Cap
from tests.rooms import whole

LIMIT = Cap(scope="person", per="tax_year", most_rewards=100)


async def leave(mark: str, *, member: UUID, at: datetime) -> None:
    """It is called by the company's marker, and says it in every language."""
    actor, texts = f"staff:{member}", {language: {"headline": mark} for language in ("de", "en")}
    terms = msgspec.structs.replace(whole.TERMS, key=mark, state="draft", texts=texts, caps=[LIMIT])
    await drafting.begin(terms=terms, member=member, at=at)
    await issuing.issue(key=mark, seen=(await drafting.in_work(key=mark)).seen, actor=actor, at=at)
    await steering.become(key=mark, state="paused", actor=actor, at=at)
    seen = (await drafting.in_work(key=mark)).seen
    await drafting.change(key=mark, seen=seen, by=lambda wanted: wanted, member=member, at=at)
