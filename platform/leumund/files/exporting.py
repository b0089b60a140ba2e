"""Write a company back as the folder it could have come from: applying it changes nothing."""

from pathlib import Path
from typing import Any

import msgspec
import tomlkit

from leumund.company import describing
from leumund.company.describing import Profile
from leumund.consent import publishing as texts
from leumund.consent.publishing import Text
from leumund.programs import offering
from leumund.programs.offering import Offer
from leumund.surveys import publishing as surveys


async def export(folder: Path, *, hosts: list[str]) -> None:
    """Write company.toml, texts and logo of the open company into ``folder``; ``hosts`` are its own domains."""
    profile = await describing.profile()
    survey = await surveys.current()
    offers = await offering.all_offers()
    assert offers, "a company that was applied has a program"
    published = await texts.all_current()
    document = _company(profile, hosts) | {
        "survey": {"key": survey.key, "texts": survey.texts},
        "program": _program(offers[0]),
        "consents": {text.purpose: {"channels": text.channels} for text in published if text.kind == "consent"},
    }
    _write(folder, document, published, profile.logo)


def _write(folder: Path, document: dict[str, Any], published: list[Text], logo: str | None) -> None:
    (folder / "texts").mkdir(parents=True, exist_ok=True)
    (folder / "company.toml").write_text(tomlkit.dumps(document), "utf-8")
    for text in published:
        (folder / "texts" / _name(text)).write_text(f"# {text.title}\n\n{text.wording}\n", "utf-8")
    if logo is not None:
        (folder / "logo.svg").write_bytes(logo.encode())


def _company(profile: Profile, hosts: list[str]) -> dict[str, Any]:
    return {
        "name": profile.name,
        "legal_name": profile.legal_name,
        "languages": profile.languages,
        "country": profile.country,
        "currency": profile.currency,
        "time_zone": profile.time_zone,
        "hosts": hosts,
        "sender": {"name": profile.sender_name, "email": profile.sender_email},
        "imprint": profile.imprint,
        "theme": {"name": profile.theme, "tokens": profile.tokens},
    }


def _program(offer: Offer) -> dict[str, Any]:
    program: dict[str, Any] = {
        "key": offer.key,
        "state": offer.state,
        "budget_cents": offer.budget_cents,
        "hold_days": offer.hold_days,
        "texts": offer.texts,
        "rewards": [_reward(rule) for rule in offer.rules],
    }
    return program | ({"review_above_cents": offer.review_above_cents} if offer.review_above_cents else {})


def _reward(rule: offering.Rule) -> dict[str, Any]:
    return {name: value for name, value in msgspec.structs.asdict(rule).items() if name != "id"}


def _name(text: Text) -> str:
    name = f"{text.kind}-{text.purpose}" if text.purpose else text.kind
    return f"{name}.{text.language}.md"
