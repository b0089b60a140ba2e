"""Ask for consents: record what was offered in which words, which boxes were ticked, and wait for the confirmation.

Every box is recorded, ticked or not. An event names the address as a keyed hash: enough to prove it when somebody names
it, too little to keep a stranger's address whose confirmation never came. The address itself lies sealed with the
request, which goes when nobody confirms it, and with what was given.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from leumund.company import describing
from leumund.consent import addressing, rules
from leumund.consent.evidence import recording, serving
from leumund.consent.evidence.recording import Said
from leumund.consent.evidence.serving import Served
from leumund.consent.tables import ConsentRequest
from leumund.consent.texts import publishing
from leumund.consent.texts.publishing import Text
from leumund.kit import personal
from leumund.kit.sealing import Column

ADDRESS = Column("consent_request", "address_sealed")


class Offered(msgspec.Struct, frozen=True, kw_only=True):
    """The ``boxes`` somebody was shown, by purpose and whether each was ticked, and where that was.

    ``served`` is the form as it was shown, ``evidence`` what else is known: a shortened peer address. ``channel`` where
    it was offered for one alone; ``basis`` are words to be sealed, where it was taken down.
    """

    boxes: Mapping[str, bool]
    language: str
    source: str
    evidence: Mapping[str, object] = {}
    served: Served | None = None
    channel: str | None = None
    basis: str = ""


async def request(*, customer: UUID, email: str, offered: Offered, at: datetime) -> UUID:
    """A request for what was ticked of what was ``offered``, good for 48 hours.

    There is a request even where nothing was offered or ticked: its id is what a participation or a sign-up is
    confirmed by. Raises NotPublished for a purpose without a text in that language.
    """
    lang, served = offered.language, offered.served
    texts = [await publishing.current(kind="consent", purpose=purpose, language=lang) for purpose in offered.boxes]
    form = await serving.keep(served) if served else None
    made, address = await _keep(email, customer=customer, served=form, source=offered.source, requested_at=at)
    common = {**offered.evidence, "address": address, "boxes": offered.boxes, "language": lang}
    common |= {"served": served.facts()} if served else {}
    who: dict[str, Any] = {"customer": customer, "request": made, "served": form, "source": offered.source, "at": at}
    who |= {"controller": await describing.controller(), "basis": offered.basis}
    told = [event for text in texts for event in _events(text, offered.boxes[text.purpose], common)]
    await recording.record([Said(**who, **each) for each in told if offered.channel in (None, each["channel"])])
    return made


async def _keep(email: str, *, customer: UUID, requested_at: datetime, **about: Any) -> tuple[UUID, str]:
    """The id of the request, whose row waits to be confirmed, and the hash of the address it asked."""
    made, address = uuid4(), addressing.hashed(email)
    row = ConsentRequest(
        id=made,
        customer=customer,
        address_hash=address,
        address_sealed=await _sealed(email, made, customer),
        requested_at=requested_at,
        expires_at=requested_at + rules.CONFIRM_WITHIN,
        **about,
    )
    await ConsentRequest.insert(row)
    return made, address


async def _sealed(email: str, request: UUID, customer: UUID) -> bytes | None:
    key = (await personal.keys(people=[customer])).get(customer)
    return ADDRESS.keep(email, request, key=key) if key else None


def _events(text: Text, chosen: bool, common: Mapping[str, object]) -> Iterable[dict[str, Any]]:
    evidence = {**common, "chosen": chosen, "version": text.version, "sha256": text.sha256}
    for state in ("requested",) if chosen else ("requested", "refused"):
        for channel in text.channels:
            yield {
                "text": text.id,
                "purpose": text.purpose,
                "channel": channel,
                "state": state,
                "evidence": evidence,
            }
