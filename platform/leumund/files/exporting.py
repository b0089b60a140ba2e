"""Write a company back as the folder it could have come from: applying it changes nothing."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import tomlkit

from leumund.company import describing, processing, rules
from leumund.company.describing import Profile
from leumund.company.processing import Described, Processor
from leumund.consent.texts import publishing as texts
from leumund.consent.texts.publishing import Text
from leumund.files import promising, reading, shaping, surveying
from leumund.files.asking import SurveyTexts
from leumund.files.folder import Imprint
from leumund.files.parts import Part
from leumund.privacy.texts import noticing
from leumund.programs import offering


class NotWritten(Exception):
    """The folder cannot take the company; the message says why."""


async def export(folder: Path, *, slug: str, hosts: list[str]) -> None:
    """Write company.toml, texts and logo of the open company into ``folder``; ``hosts`` are its own domains.

    Raises NotWritten; before anything is written, where another company or its texts are in the way.
    """
    if (folder / shaping.FILE).exists() and reading.examine(folder).slug != slug:
        raise NotWritten(f"the {shaping.FILE} there is another company's")
    profile = await describing.profile()
    asked = await surveying.written()
    if "survey" in asked:
        asked["survey"]["texts"] = _by_language(asked["survey"]["texts"], SurveyTexts)
    published = [text for text in await texts.all_current() if text.language in profile.languages]
    document = (
        _company(profile, slug, hosts)
        | asked
        | await _programs()
        | {
            "consents": _consents([text for text in published if text.kind == "consent"]),
            "processors": [_processor(one) for one in await processing.listed() if not one.is_host],
        }
    )
    files = {f"texts/{_name(text)}": f"# {text.title}\n\n{noticing.draft_of(text).template}\n" for text in published}
    files[shaping.FILE] = tomlkit.dumps(document)
    if profile.logo is not None:
        files["logo.svg"] = profile.logo
    _write(folder, files)


def _write(folder: Path, files: Mapping[str, str]) -> None:
    there = [path.relative_to(folder).as_posix() for path in [*folder.glob("texts/*"), *folder.glob("logo.svg")]]
    if strange := sorted(set(there) - files.keys()):
        raise NotWritten(f"{', '.join(strange)} would be in the way")
    try:
        (folder / "texts").mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content.encode())
    except OSError as fault:
        raise NotWritten(f"{fault.filename}: {fault.strerror}") from fault


def _company(profile: Profile, slug: str, hosts: list[str]) -> dict[str, Any]:
    return {
        "slug": slug,
        "name": profile.name,
        # A folder is neither: what proved good in a test company is applied to its own.
        "legal_name": rules.legal_name(profile.legal_name, is_twin=False),
        "languages": profile.languages,
        "country": profile.country,
        "currency": profile.currency,
        "time_zone": profile.time_zone,
        "hosts": hosts,
        "sender": {"name": profile.sender_name, "email": profile.sender_email},
        "imprint": _in_order(profile.imprint, Imprint),
        "theme": {"name": profile.theme, "tokens": profile.tokens},
    }


async def _programs() -> dict[str, Any]:
    """Those that have not ended: one by itself, several as a list; of none the one that ended last."""
    offers = [offer for offer in await offering.all_offers() if offer.state != "ended"] or [await offering.offered()]
    written = [promising.written(offer) for offer in offers]
    return {"program": written[0]} if len(written) == 1 else {"programs": written}


def _by_language(texts: Mapping[str, Mapping[str, str]], part: type[Part]) -> dict[str, dict[str, str]]:
    return {language: _in_order(said, part) for language, said in texts.items()}


def _in_order(values: Mapping[str, str], part: type[Part]) -> dict[str, str]:
    """The database keeps no order; people read these in the one we describe them in."""
    known = [field.name for field in msgspec.structs.fields(part) if field.name in values]
    return {name: values[name] for name in known} | dict(values)


def _consents(published: Sequence[Text]) -> dict[str, dict[str, Any]]:
    told: dict[str, dict[str, Any]] = {}
    for text in published:
        purpose = noticing.purpose(text)
        same = {name: getattr(purpose, name) for name in ("channels", "frequency_days", "profiling")}
        told.setdefault(text.purpose, same | {"about": {}})["about"][text.language] = purpose.about
    return told


def _processor(one: Processor) -> dict[str, Any]:
    return {name: getattr(one, name) for name in Described.__struct_fields__}


def _name(text: Text) -> str:
    name = f"{text.kind}-{text.purpose}" if text.purpose else text.kind
    return f"{name}.{text.language}.md"
