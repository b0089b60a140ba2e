"""Programs in company.toml: what each offers to whom for what, read and written back."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from leumund.files import finding
from leumund.files.faults import Fault
from leumund.files.parts import Cents, Key, Line, Part, Text
from leumund.kit import language
from leumund.kit.faults import Refused
from leumund.programs import judging, publishing
from leumund.programs.offers import Cap, Offer, Rule, Terms

Days = Annotated[int, msgspec.Meta(ge=0, le=365)]
Count = Annotated[int, msgspec.Meta(ge=1, le=10_000)]
# What may be left out is written by us, from the rules.
Words = Annotated[str, msgspec.Meta(max_length=20_000)]


class ProgramTexts(Part, kw_only=True):
    """One language: ``text`` speaks to the friend, ``advocate_text`` to whoever recommends.

    ``conditions`` is what the company adds to those that follow from its rules.
    """

    headline: Text
    text: Words = ""
    advocate_text: Words = ""
    share_text: Words = ""
    conditions: Words = ""


class Reward(Part, kw_only=True):
    """What one side gets for what; all but the first lines is for those who need it."""

    side: Literal["advocate", "friend"]
    kind: Literal["cash", "credit", "voucher", "goods", "donation", "points"]
    cents: Cents | None = None
    minimum_order_cents: Annotated[int, msgspec.Meta(ge=0, le=100_000_000)] = 0
    key: Line = ""
    trigger: Literal["sign_up", "purchase", "event"] = "purchase"
    event_key: Line | None = None
    nth: Count | None = None
    percent_bp: Annotated[int, msgspec.Meta(ge=1, le=10_000)] | None = None
    least_cents: Cents | None = None
    most_cents: Cents | None = None
    from_count: Count | None = None
    milestone: Count | None = None
    recurring_months: Annotated[int, msgspec.Meta(ge=1, le=120)] | None = None
    # Once for each friend; 0 is without a limit.
    most_times: Annotated[int, msgspec.Meta(ge=0, le=1_000)] = 1
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    bonus: bool = False
    hold_days: Days | None = None


class Limit(Part, kw_only=True):
    """The most a person, or everybody together, gets within a time."""

    scope: Literal["person", "program"]
    per: Literal["month", "year", "tax_year", "ever"]
    most_cents: Cents | None = None
    most_rewards: Count | None = None


class Program(Part, kw_only=True):
    """What the company offers."""

    key: Key
    state: Literal["draft", "live", "paused", "ended"]
    budget_cents: Annotated[int, msgspec.Meta(ge=0, le=100_000_000_000)]
    hold_days: Days
    review_above_cents: Cents | None = None
    four_eyes_above_cents: Cents | None = None
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    minimum_age: Annotated[int, msgspec.Meta(ge=1, le=99)] | None = None
    countries: list[Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$")]] = []
    attribution_days: Annotated[int, msgspec.Meta(ge=1, le=3_650)] | None = None
    new_customers_only: bool = True
    once_per_relation: bool = True
    texts: dict[str, ProgramTexts]
    rewards: list[Reward]
    limits: list[Limit] = []


def faults(plain: Mapping[str, Any], *, file: str) -> Iterator[Fault]:
    """What is wrong with the rewards and limits of each program, as far as they have their shape."""
    for key, program in finding.programs(plain):
        rewards, limits = program.get("rewards"), program.get("limits", [])
        if rewards == []:
            yield Fault(file, f"{key}.rewards", "is empty; a program rewards somebody")
            continue
        try:
            rules = [_rule(each) for each in msgspec.convert(rewards, list[Reward])]
            caps = [_cap(each) for each in msgspec.convert(limits, list[Limit])]
        except msgspec.ValidationError:
            # Told key by key, where shapes are.
            continue
        for each in judging.of_rewards(publishing.keyed(rules), caps):
            yield Fault(
                file, f"{key}.limits" if (each.field or "").startswith("caps") else f"{key}.rewards", _said(each)
            )


def shared(plain: Mapping[str, Any], *, file: str) -> Iterator[Fault]:
    """Texts to share that do not say what whoever shares them gets."""
    for key, program in finding.programs(plain):
        sides = [each.get("side") for each in finding.at(program, "rewards", list, []) if isinstance(each, dict)]
        for lang in finding.at(program, "texts", dict, {}):
            words = finding.at(program, f"texts.{lang}.share_text", str, "")
            if words.strip() and "advocate" in sides and not judging.discloses(words):
                yield Fault(file, f"{key}.texts.{lang}.share_text", "does not say that whoever shares it gets a reward")


def terms(program: Program, *, currency: str, languages: Sequence[str], before: Offer | None) -> Terms:
    """A program of the folder; whom it is for is chosen in the console, and stays as it is ``before``."""
    told = {name: getattr(program, name) for name in Terms.__struct_fields__ if name in Program.__struct_fields__}
    texts = {lang: msgspec.structs.asdict(program.texts[lang]) for lang in languages}
    told["texts"] = {lang: {name: said for name, said in each.items() if said} for lang, each in texts.items()}
    return Terms(
        **told,
        currency=currency,
        rules=[_rule(each) for each in program.rewards],
        caps=[_cap(each) for each in program.limits],
        audience=before.version.audience if before else None,
    )


def written(offer: Offer) -> dict[str, Any]:
    """A program as the folder says it, without what goes without saying."""
    content = offer.version
    told = {name: getattr(offer if name in Offer.__struct_fields__ else content, name, None) for name in _PLAIN}
    program = {name: value for name, value in told.items() if value != _PLAIN[name].default}
    program["texts"] = {
        lang: {name: said[name] for name in ProgramTexts.__struct_fields__ if said.get(name)}
        for lang, said in content.texts.items()
    }
    program["rewards"] = [_reward(rule) for rule in content.rules]
    if content.caps:
        program["limits"] = [_without(msgspec.structs.asdict(each), Limit) for each in content.caps]
    return program


_PLAIN = {
    field.name: field for field in msgspec.structs.fields(Program) if field.name not in ("texts", "rewards", "limits")
}


def _rule(reward: Reward) -> Rule:
    told = msgspec.structs.asdict(reward)
    return Rule(**told | {"most_times": reward.most_times or None})


def _cap(limit: Limit) -> Cap:
    return Cap(**msgspec.structs.asdict(limit))


def _reward(rule: Rule) -> dict[str, Any]:
    told = msgspec.structs.asdict(rule) | {"most_times": rule.most_times or 0}
    return _without(told | {"key": "" if rule.key == rule.side else rule.key}, Reward)


def _without(told: Mapping[str, Any], part: type[Part]) -> dict[str, Any]:
    """What of it is not so by itself, in the order in which it is described."""
    fields = [field for field in msgspec.structs.fields(part) if field.name in told]
    return {field.name: told[field.name] for field in fields if told[field.name] != field.default}


def _said(fault: Refused) -> str:
    return language.text(fault.key, "en", **fault.values)
