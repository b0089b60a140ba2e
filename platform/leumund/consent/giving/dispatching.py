"""Note that a request's check mail went out: which mail asked, and that its server took it.

It waits with the request, and goes into the evidence of what is given when the button is pressed. A press that comes
before the sender noted the server's answer is told by the request alone.
"""

from datetime import datetime
from uuid import UUID

import msgspec

from leumund.kit import ground

_NOTE = "UPDATE consent_request SET check_mail = $2::jsonb WHERE id = $1"


class CheckMail(msgspec.Struct, frozen=True, kw_only=True):
    """A mail by its Message-ID, the version of its words, the SHA-256 of all of it, and the codes of the server."""

    message_id: str
    template: str
    sha256: str
    response: str
    sent_at: datetime


async def note(*, request: UUID, mail: CheckMail) -> None:
    """Keep ``mail`` with its request, where that still waits or was just confirmed."""
    await ground.execute(_NOTE, request, msgspec.json.encode(mail).decode())
