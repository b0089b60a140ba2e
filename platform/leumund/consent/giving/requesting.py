"""Ask for consents: record what was offered in which words, which boxes were ticked, and wait for the confirmation.

Every box is recorded, ticked or not. An event names the address as a keyed hash: enough to prove it when somebody names
it, too little to keep a stranger's address whose confirmation never came. The address itself lies sealed with the
request, which goes when nobody confirms it, and with what was given.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

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


async def request(
    *,
    customer: UUID,
    email: str,
    purposes: Sequence[tuple[str, bool]],
    language: str,
    source: str,
    at: datetime,
    evidence: Mapping[str, object] | None = None,
    served: Served | None = None,
    channel: str | None = None,
    basis: str = "",
) -> UUID:
    """A request for what was offered, as pairs of purpose and whether its box was ticked; good for 48 hours.

    There is a request even where nothing was offered or ticked: its id is what a participation or a sign-up is
    confirmed by. ``served`` is the form as it was shown, ``evidence`` what else is known: a shortened peer address.
    ``channel`` where it was offered for one alone; ``basis`` are words to be sealed, where it was taken down.
    Raises NotPublished for a purpose without a text in ``language``.
    """
    texts = [await publishing.current(kind="consent", purpose=purpose, language=language) for purpose, _ in purposes]
    form = await serving.keep(served) if served else None
    made, address = await _keep(email, customer=customer, served=form, source=source, requested_at=at)
    common = {**(evidence or {}), "address": address, "boxes": dict(purposes), "language": language}
    common |= {"served": served.facts()} if served else {}
    who: dict[str, Any] = {"customer": customer, "request": made, "served": form, "source": source, "at": at}
    who |= {"controller": await describing.controller(), "basis": basis}
    boxes = [(text, chosen) for text, (_, chosen) in zip(texts, purposes, strict=True)]
    told = [event for text, chosen in boxes for event in _events(text, chosen, common)]
    await recording.record([Said(**who, **each) for each in told if channel in (None, each["channel"])])
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
