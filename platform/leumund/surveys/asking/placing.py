"""Give an anonymous survey a place where whoever comes along can answer: a code on a wall, or a page of the company's.

Only an anonymous one: of a stranger at a counter nobody could keep who answered, and nobody shall try.
"""

from collections.abc import Sequence
from datetime import datetime
from secrets import choice
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import idna
import msgspec

from leumund.audit import noting
from leumund.kit import ground
from leumund.kit.faults import Refused, Unknown
from leumund.surveys.studio import closing, publishing
from leumund.surveys.studio.publishing import Published
from leumund.surveys.tables import SurveyPlace

KINDS = ("qr", "embed")
LONGEST_NAME = 80
_MOST_ORIGINS = 10
# Without vowels and look-alikes: read out at a counter, typed on a telephone, and no word by chance.
_ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
_CODE_LENGTH = 8
_COLUMNS = "id, key, kind, name, code, origins, made_at, retired_at"
_ALL = f"SELECT {_COLUMNS} FROM survey_place ORDER BY retired_at IS NOT NULL, key, made_at"  # noqa: S608 - ours alone
_ONE = f"SELECT {_COLUMNS} FROM survey_place WHERE id = $1"  # noqa: S608 - ours alone
_STANDING = f"""
SELECT p.id AS place, p.kind, p.origins, p.retired_at IS NOT NULL OR {closing.IS_CLOSED} AS is_over,
    s.id, s.key, s.version, s.definition, s.named
FROM survey_place p CROSS JOIN LATERAL (
    SELECT id, key, version, definition, named FROM survey WHERE key = p.key ORDER BY version DESC LIMIT 1
) s WHERE p.code = $1
"""  # noqa: S608 - ours alone


class PlaceUnknown(Unknown):
    """There is no such place."""


class NoLongerStanding(Refused):
    """The place was taken down, or its survey closed; pages of ``origins`` go on framing what tells so."""

    def __init__(self, key: str, *, origins: Sequence[str]) -> None:
        super().__init__(key)
        self.origins = origins


class NotAnonymous(Refused):
    """A survey that keeps who answered cannot be answered by whoever comes along."""


class NoName(Refused):
    """A place is called by a name of at most LONGEST_NAME characters."""


class NoOrigin(Refused):
    """Not where a page of the company is: https, a host, and nothing after it."""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a survey can be answered; ``origins`` are pages that may frame it."""

    id: UUID
    key: str
    kind: str
    name: str
    code: str
    origins: list[str]
    made_at: datetime
    retired_at: datetime | None
    address: str


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A place as whoever comes along finds it."""

    place: UUID
    kind: str
    origins: list[str]
    survey: Published


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A place to be made for the survey ``key``."""

    key: str
    kind: str
    name: str
    origins: Sequence[str] = ()


async def make(*, wanted: Wanted, actor: str, at: datetime) -> Place:
    """Raises NoSurvey, NotAnonymous, NoName and NoOrigin."""
    if (await publishing.current(key=wanted.key)).named:
        raise NotAnonymous("errors.surveys.place_named", field="key")
    name, origins = _checked(wanted)
    place = SurveyPlace(
        id=uuid4(),
        key=wanted.key,
        kind=wanted.kind,
        name=name,
        code="".join(choice(_ALPHABET) for _ in range(_CODE_LENGTH)),
        origins=msgspec.json.encode(origins).decode(),
        made_at=at,
    )
    await SurveyPlace.insert(place)
    await noting.note(actor=actor, action="surveys.place_made", subject=place.id, at=at)
    return await find(place=place.id)


async def retire(*, place: UUID, actor: str, at: datetime) -> None:
    """Take the place down; what was answered there stays. Raises PlaceUnknown."""
    await find(place=place)
    await ground.execute("UPDATE survey_place SET retired_at = coalesce(retired_at, $2) WHERE id = $1", place, at)
    await noting.note(actor=actor, action="surveys.place_retired", subject=place, at=at)


async def every() -> list[Place]:
    """All places, those that stand first."""
    return [_place(row) for row in await ground.fetch(_ALL)]


async def find(*, place: UUID) -> Place:
    """Raises PlaceUnknown."""
    rows = await ground.fetch(_ONE, place)
    if not rows:
        raise PlaceUnknown("errors.surveys.place_unknown")
    return _place(rows[0])


async def standing(*, code: str) -> Standing:
    """What ``code`` leads to, in its newest version. Raises PlaceUnknown, NoLongerStanding."""
    # No row could be asked for by a NUL.
    rows = await ground.fetch(_STANDING, code) if set(code) <= set(_ALPHABET) else []
    if not rows:
        raise PlaceUnknown("errors.surveys.place_unknown")
    row = rows[0]
    origins = msgspec.json.decode(row["origins"])
    if row["is_over"]:
        raise NoLongerStanding("errors.surveys.no_longer_open", origins=origins)
    survey = publishing.of_row({name: row[name] for name in Published.__struct_fields__})
    return Standing(place=row["place"], kind=row["kind"], origins=origins, survey=survey)


def _checked(wanted: Wanted) -> tuple[str, list[str]]:
    """Raises NoName, NoOrigin."""
    name = " ".join(wanted.name.split())
    if not name or len(name) > LONGEST_NAME:
        raise NoName("errors.surveys.place_name", field="name", most=LONGEST_NAME)
    origins = [_origin(each) for each in wanted.origins] if wanted.kind == "embed" else []
    if wanted.kind == "embed" and not 0 < len(origins) <= _MOST_ORIGINS:
        raise NoOrigin("errors.surveys.place_origins", field="origins", most=_MOST_ORIGINS)
    return name, origins


def _origin(text: str) -> str:
    """``https://www.linden.example``, as a browser names it. Raises NoOrigin.

    By UTS 46 as browsers read it: Python's own reading of 2003 takes ß for ss, which is the host of somebody else.
    """
    try:
        parts = urlsplit(text.strip())
        host, port = idna.encode(parts.hostname or "", uts46=True, std3_rules=True).decode(), parts.port
    except ValueError:
        host, parts, port = "", urlsplit(""), None
    plain = parts.scheme == "https" and "." in host and not ("@" in parts.netloc or parts.query or parts.fragment)
    if not plain or port == 0 or parts.path.strip("/"):
        raise NoOrigin("errors.surveys.place_origin", field="origins", value=text[:80])
    return f"https://{host}" + (f":{port}" if port else "")


def _place(row: dict[str, Any]) -> Place:
    address = f"{ground.current().origin}/u/{row['code']}"
    return Place(**row | {"origins": msgspec.json.decode(row["origins"]), "address": address})
