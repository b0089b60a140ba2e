"""Write a text and keep it unfinished: one draft of each text in each language, until it is published or let go."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec

from leumund.consent.tables import ConsentDraft
from leumund.consent.texts.purposes import Purpose


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A text as somebody writes it: a template in one language; ``told`` is a consent's purpose as data."""

    kind: str
    purpose: str = ""
    language: str
    title: str
    template: str
    told: Purpose | None = None


async def keep(*, drafts: Sequence[Draft], member: UUID, at: datetime) -> None:
    """Keep ``drafts`` as they stand, right or not, each over the one before."""
    changing = [column for column in ConsentDraft.all_columns() if column is not ConsentDraft.id]
    for draft in drafts:
        row = ConsentDraft(**_row(draft), id=uuid4(), written_at=at, written_by=member)
        target = (ConsentDraft.kind, ConsentDraft.purpose, ConsentDraft.language)
        await ConsentDraft.insert(row).on_conflict(target=target, action="DO UPDATE", values=changing)


async def kept(*, kind: str, purpose: str = "") -> dict[str, Draft]:
    """The drafts of one text, by language."""
    rows = await _all().where((ConsentDraft.kind == kind) & (ConsentDraft.purpose == purpose))
    return {row["language"]: _draft(row) for row in rows}


async def every() -> list[Draft]:
    """All drafts, by kind, purpose and language."""
    return [_draft(row) for row in await _all()]


async def drop(*, kind: str, purpose: str = "") -> None:
    """Let the drafts of one text go; what is published stays."""
    await ConsentDraft.delete().where((ConsentDraft.kind == kind) & (ConsentDraft.purpose == purpose))


def _all() -> Any:
    order = (ConsentDraft.kind, ConsentDraft.purpose, ConsentDraft.language)
    return ConsentDraft.select().order_by(*order).output(load_json=True)


def _row(draft: Draft) -> dict[str, Any]:
    said = {name: getattr(draft, name) for name in ("kind", "purpose", "language", "title", "template")}
    return said | {"data": {"purpose": msgspec.to_builtins(draft.told)} if draft.told else {}}


def _draft(row: dict[str, Any]) -> Draft:
    said = {name: row[name] for name in ("kind", "purpose", "language", "title", "template")}
    told = row["data"].get("purpose")
    return Draft(**said, told=msgspec.convert(told, Purpose) if told else None)
