"""Ask for consents: record what was offered in which words, which boxes were ticked, and wait for the confirmation.

Every box is recorded, ticked or not (law.md 3). The address is recorded as a keyed hash: enough to prove it when
somebody names it, too little to keep a stranger's address whose confirmation never came.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from leumund.company import describing
from leumund.consent import addressing, publishing, rules
from leumund.consent.publishing import Text
from leumund.consent.tables import ConsentEvent, ConsentRequest


async def request(
    *,
    customer: UUID,
    email: str,
    purposes: Sequence[tuple[str, bool]],
    language: str,
    source: str,
    at: datetime,
    evidence: Mapping[str, object] | None = None,
) -> UUID:
    """A request for what was offered, as pairs of purpose and whether its box was ticked; good for 48 hours.

    There is a request even where nothing was offered or ticked: its id is what a participation or a sign-up is
    confirmed by. ``evidence`` says what else is known of the form: its address, its version, a shortened peer address.
    Raises NotPublished for a purpose without a text in ``language``.
    """
    made, address = uuid4(), addressing.hashed(email)
    texts = [await publishing.current(kind="consent", purpose=purpose, language=language) for purpose, _ in purposes]
    await ConsentRequest.insert(
        ConsentRequest(
            id=made,
            customer=customer,
            address_hash=address,
            source=source,
            requested_at=at,
            expires_at=at + rules.CONFIRM_WITHIN,
        )
    )
    common = {**(evidence or {}), "address": address, "boxes": dict(purposes), "language": language}
    controller = await describing.controller()
    events = [
        ConsentEvent(customer=customer, request=made, controller=controller, source=source, at=at, **said)
        for text, (_, chosen) in zip(texts, purposes, strict=True)
        for said in _events(text, chosen, common)
    ]
    if events:
        await ConsentEvent.insert(*events)
    return made


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
