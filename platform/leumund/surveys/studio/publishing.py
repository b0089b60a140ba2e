"""Publish a survey: a new version where its definition differs from what stands; a published one never changes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from leumund.kit import ground
from leumund.kit.faults import Refused
from leumund.surveys.questions import defining, judging
from leumund.surveys.questions.defining import Definition
from leumund.surveys.studio import releasing
from leumund.surveys.tables import Survey

# The survey a company begins with.
FIRST = "nps"
_COLUMNS = "id, key, version, definition, named"
_LAST = f"SELECT {_COLUMNS} FROM survey WHERE key = $1 ORDER BY version DESC LIMIT 1"  # noqa: S608 - ours alone
_EVERY = f"SELECT DISTINCT ON (key) {_COLUMNS} FROM survey ORDER BY key, version DESC"  # noqa: S608 - ours alone
_VERSIONS = f"SELECT {_COLUMNS}, published_at FROM survey WHERE key = $1 ORDER BY version DESC"  # noqa: S608


class NoSurvey(LookupError):
    """The company has published none by this key."""


class SettledOtherwise(Refused):
    """People were told before whether it is known what each of them answers: that stays as it was told."""


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """A published version; ``named`` is whether it is known who answered."""

    id: UUID
    key: str
    version: int
    definition: Definition
    named: bool


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """What was published, and when."""

    of: Published
    published_at: datetime


async def publish(*, key: str, definition: Definition, named: bool = True, at: datetime) -> Published:
    """The current version of ``key``, new when ``definition`` differs from what stands.

    Raises SettledOtherwise, and NotReleased where it asks for what Art. 9 GDPR protects and nobody has let it.
    """
    last = await _find(key)
    definition = judging.marked(definition)
    if last is not None and last.named != named:
        raise SettledOtherwise("errors.surveys.settled_otherwise", field="named")
    if last is not None and last.definition == definition:
        return last
    await releasing.require(definition, named=named)
    published = Published(
        id=uuid4(), key=key, version=last.version + 1 if last else 1, definition=definition, named=named
    )
    await Survey.insert(
        Survey(
            id=published.id,
            key=key,
            version=published.version,
            definition=defining.write(definition),
            named=named,
            published_at=at,
        )
    )
    return published


async def current(*, key: str = FIRST) -> Published:
    """Raises NoSurvey."""
    found = await _find(key)
    if found is None:
        raise NoSurvey(key)
    return found


async def every() -> list[Published]:
    """The current version of each survey, by key."""
    return [of_row(row) for row in await ground.fetch(_EVERY)]


async def versions(*, key: str) -> list[Version]:
    """Every version of a survey, the newest first."""
    rows = await ground.fetch(_VERSIONS, key)
    return [Version(published_at=row.pop("published_at"), of=of_row(row)) for row in rows]


async def _find(key: str) -> Published | None:
    rows = await ground.fetch(_LAST, key)
    return of_row(rows[0]) if rows else None


def of_row(row: Mapping[str, Any]) -> Published:
    """A version of its row's columns, its definition as JSON."""
    return msgspec.convert({**row, "definition": defining.read(row["definition"])}, Published)
