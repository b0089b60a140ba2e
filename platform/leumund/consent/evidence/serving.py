"""Keep what a form showed, beside what was chosen in it: the same block of consents once for all who were shown it.

A form carries what was served as a signed token, so that looking at it writes nothing; the rows come with the answer.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from hashlib import sha256
from uuid import UUID, uuid4

import msgspec

from leumund.kit import ground

_BLOCK = "INSERT INTO consent_block (id, sha256, html) VALUES ($1, $2, $3) ON CONFLICT (sha256) DO NOTHING"
_SERVED = """
INSERT INTO consent_served (id, block, form, form_version, url, language, texts, served_at)
SELECT $1, consent_block.id, $3, $4, $5, $6, $7::jsonb, $8 FROM consent_block WHERE sha256 = $2
"""
_SHOWN = """
SELECT served.id, served.form, served.form_version AS version, served.url, served.language, served.served_at AS at,
    block.html, block.sha256
FROM consent_served served JOIN consent_block block ON block.id = served.block WHERE served.id = ANY ($1::uuid[])
"""


class Served(msgspec.Struct, frozen=True, kw_only=True):
    """A form as one person was shown it at ``at``: its key and version, the path it stands at, and its consents.

    ``texts`` are the versions of all wordings beside it, ``html`` the block of consents and nothing else, as it was
    rendered. ``boxes`` are the purposes whose boxes came back as the person themselves had ticked them.
    """

    form: str
    version: str
    url: str
    language: str
    texts: Sequence[UUID]
    html: str
    boxes: Sequence[str] = ()
    at: datetime

    @property
    def sha256(self) -> str:
        return digest(self.html)

    @property
    def is_separate(self) -> bool:
        """Whether the block stands apart from the terms (GDPR Art. 7(2)): their box is not in it."""
        return 'name="terms"' not in self.html

    def facts(self) -> dict[str, object]:
        """What goes into the evidence, and with it into the chain."""
        return {
            "form": self.form,
            "version": self.version,
            "url": self.url,
            "language": self.language,
            "texts": [str(text) for text in self.texts],
            "sha256": self.sha256,
            "separate_from_terms": self.is_separate,
            "ticked_before": list(self.boxes),
            "at": self.at,
        }


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A form that was served, to be shown again."""

    id: UUID
    form: str
    version: str
    url: str
    language: str
    at: datetime
    html: str
    sha256: str


def digest(html: str) -> str:
    """SHA-256 of a block as it was rendered."""
    return sha256(html.encode()).hexdigest()


async def keep(served: Served) -> UUID:
    """Write down that a form was served; returns the row for whoever answered it."""
    await ground.execute(_BLOCK, uuid4(), served.sha256, served.html)
    made, texts = uuid4(), msgspec.json.encode(list(served.texts)).decode()
    told = (served.form, served.version, served.url, served.language, texts, served.at)
    await ground.execute(_SERVED, made, served.sha256, *told)
    return made


async def shown(*, served: Collection[UUID]) -> dict[UUID, Shown]:
    """What was served, by its row."""
    return {row["id"]: Shown(**row) for row in await ground.fetch(_SHOWN, list(served))}
