"""Publish the texts people agree to: every change is a new version, and what was shown can always be shown again."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from leumund.consent import rules
from leumund.consent.tables import ConsentText


class NotPublished(LookupError):
    """There is no such text in this language; no other language stands in for what a person is to agree to."""


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a text; ``channels`` are those a consent covers, none for terms, notices and what is retired.

    ``data`` says what the words were rendered from: the ``template``, and of a consent its ``purpose``.
    """

    id: UUID
    kind: str
    purpose: str
    channels: list[str]
    language: str
    version: int
    title: str
    wording: str
    sha256: str
    data: dict[str, Any] = {}
    published_at: datetime

    @property
    def is_retired(self) -> bool:
        """Whether nobody is asked for this consent any more."""
        return self.kind == "consent" and not self.channels

    @property
    def evaluates(self) -> bool:
        """Whether this consent lets somebody be evaluated."""
        return bool(self.data.get("purpose", {}).get("profiling"))


async def publish(
    *,
    kind: str,
    purpose: str = "",
    channels: Sequence[str] = (),
    language: str,
    title: str,
    wording: str,
    data: Mapping[str, Any] | None = None,
    at: datetime,
) -> Text:
    """Make this the current text, as a new version when anything of it differs from the current one.

    ``kind`` is consent, terms or notice; only a consent has a purpose and channels. Nothing is read here: what people
    are shown comes by ``privacy.texts.releasing``, which refuses what may not be said.
    """
    assert (kind == "consent") == bool(purpose) == bool(channels), "a consent, and nothing else, is for something"
    last = await _find(kind, purpose, language)
    told = dict(data or {})
    if last and (last.title, last.wording, last.channels, last.data) == (title, wording, list(channels), told):
        return last
    text = Text(
        id=uuid4(),
        kind=kind,
        purpose=purpose,
        channels=list(channels),
        language=language,
        version=last.version + 1 if last else 1,
        title=title,
        wording=wording,
        sha256=rules.fingerprint(title, wording),
        data=told,
        published_at=at,
    )
    await _keep(text)
    return text


async def retire(*, keeping: Collection[tuple[str, str]], at: datetime) -> list[Text]:
    """Ask for no consent any more but those ``keeping`` names by purpose and language; returns what was retired.

    A retired text is a version that covers no channel: what was shown stays, and what was given stands until it is
    withdrawn. Publishing the text again takes it back into use.
    """
    leaving = [text for text in await all_current() if text.kind == "consent"]
    retired = [
        msgspec.structs.replace(text, id=uuid4(), channels=[], version=text.version + 1, published_at=at)
        for text in leaving
        if (text.purpose, text.language) not in keeping
    ]
    for text in retired:
        await _keep(text)
    return retired


async def current(*, kind: str, purpose: str = "", language: str) -> Text:
    """The newest version in ``language``. Raises NotPublished, also when it is retired."""
    text = await _find(kind, purpose, language)
    if text is None or text.is_retired:
        raise NotPublished(f"{kind} {purpose} in {language}")
    return text


async def all_current(*, retired: bool = False) -> list[Text]:
    """The newest version of every text in every language, by kind, purpose and language; the retired where asked."""
    order = (ConsentText.kind, ConsentText.purpose, ConsentText.language)
    rows = await _ordered().distinct(on=list(order))
    return [text for text in map(_text, rows) if retired or not text.is_retired]


async def versions(*, kind: str, purpose: str = "") -> list[Text]:
    """Every version of a text in every language, the newest of each first."""
    rows = await _ordered().where((ConsentText.kind == kind) & (ConsentText.purpose == purpose))
    return [_text(row) for row in rows]


async def version(*, text: UUID) -> Text:
    """One version, exactly as it was published. Raises NotPublished."""
    row = await _ordered().where(ConsentText.id == text).first()
    if row is None:
        raise NotPublished(f"text {text}")
    return _text(row)


async def _keep(text: Text) -> None:
    await ConsentText.insert(ConsentText(**msgspec.structs.asdict(text)))


async def _find(kind: str, purpose: str, language: str) -> Text | None:
    wanted = (ConsentText.kind == kind) & (ConsentText.purpose == purpose) & (ConsentText.language == language)
    row = await _ordered().where(wanted).first()
    return None if row is None else _text(row)


def _ordered() -> Any:
    order = (ConsentText.kind, ConsentText.purpose, ConsentText.language)
    query = ConsentText.select().output(load_json=True)
    return query.order_by(*order).order_by(ConsentText.version, ascending=False)


def _text(row: dict[str, Any]) -> Text:
    return msgspec.convert(row, Text)
