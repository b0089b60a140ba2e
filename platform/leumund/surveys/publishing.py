"""Publish a survey: its texts in every language, as a new version when they differ."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from leumund.kit import ground
from leumund.surveys.tables import Survey


class NoSurvey(LookupError):
    """The company has published none by this key."""


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """A published version; ``texts[language]`` holds ``question`` and ``followup``."""

    id: UUID
    key: str
    version: int
    texts: dict[str, dict[str, str]]

    def text(self, name: str, language: str) -> str:
        """In ``language``, else in the first the survey has."""
        return self.texts.get(language, next(iter(self.texts.values()))).get(name, "")


async def publish(*, key: str, texts: Mapping[str, Mapping[str, str]], at: datetime) -> Published:
    """The current version of ``key``, new when ``texts`` differ from what stands."""
    plain = {language: dict(said) for language, said in texts.items()}
    last = await _find(key)
    if last is not None and last.texts == plain:
        return last
    published = Published(id=uuid4(), key=key, version=last.version + 1 if last else 1, texts=plain)
    await Survey.insert(
        Survey(
            id=published.id,
            key=key,
            version=published.version,
            texts=msgspec.json.encode(plain).decode(),
            published_at=at,
        )
    )
    return published


async def current(*, key: str = "nps") -> Published:
    """Raises NoSurvey."""
    found = await _find(key)
    if found is None:
        raise NoSurvey(key)
    return found


async def _find(key: str) -> Published | None:
    rows = await ground.fetch(
        "SELECT id, key, version, texts FROM survey WHERE key = $1 ORDER BY version DESC LIMIT 1", key
    )
    return _published(rows[0]) if rows else None


def _published(row: Mapping[str, Any]) -> Published:
    return msgspec.convert({**row, "texts": msgspec.json.decode(row["texts"])}, Published)
