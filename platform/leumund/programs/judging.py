"""Look a program through before it is published: everything that is wrong with it at once, field by field; pure."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

from leumund.customers.notation import spelling
from leumund.kit.faults import Refused
from leumund.programs.offers import Cap, Rule, Terms

TEXTS = ("headline", "text", "advocate_text", "share_text", "conditions")
LONGEST = {"headline": 120, "text": 1000, "advocate_text": 1000, "share_text": 600, "conditions": 4000}
MOST_RULES, MOST_CENTS = 30, 100_000_000
# Whoever shares says that there is something in it for them (BGH I ZR 145/03).
_DISCLOSURE = re.compile(
    r"prämie|gutsch(?:ein|rift)|gutgeschrieben|bekomm|erhalte|belohn|reward|voucher|credit|\bget\b|receive", re.I
)


class Objection(Refused):
    """What is wrong: ``rule`` in a word, and the field it is mended in, such as ``rules.advocate.percent``."""

    def __init__(self, rule: str, field: str, **values: object) -> None:
        super().__init__(f"errors.programs.{rule}", field=field, **values)
        self.rule = rule


def objections(terms: Terms, *, languages: Sequence[str], spent_cents: int = 0) -> list[Objection]:
    """All that is wrong with ``terms`` for a company of these ``languages`` that has given ``spent_cents`` by it."""
    return [
        *_of_frame(terms, spent_cents),
        *_of_people(terms),
        *_of_words(terms, languages),
        *_of_rules(terms),
        *_of_overlaps(terms.rules),
        *_of_caps(terms.rules, terms.caps),
    ]


def of_rewards(rules: Sequence[Rule], caps: Sequence[Cap]) -> list[Objection]:
    """What is wrong with rules and limits by themselves."""
    told = [(wrong, f"rules.{rule.key}.{field}") for rule in rules for wrong, field in _of_rule(rule)]
    return [*(Objection(*each) for each in told), *_of_overlaps(rules), *_of_caps(rules, caps)]


def discloses(words: str) -> bool:
    """Whether a text to share says that there is something in it for whoever shares it."""
    return bool(_DISCLOSURE.search(words))


def _of_frame(terms: Terms, spent_cents: int) -> Iterator[Objection]:
    if terms.begins_at and terms.ends_at and terms.ends_at <= terms.begins_at:
        yield Objection("ends_before", "ends_at")
    if terms.budget_cents < spent_cents:
        yield Objection("budget_spent", "budget_cents")
    elif (least := _dearest(terms.rules)) > terms.budget_cents:
        yield Objection("budget_small", "budget_cents", least_cents=least)
    review, four_eyes = terms.review_above_cents, terms.four_eyes_above_cents
    if review and four_eyes and four_eyes < review:
        yield Objection("eyes_below", "four_eyes_above_cents")


def _of_people(terms: Terms) -> Iterator[Objection]:
    # A country nobody lives in would quietly leave out everybody.
    known = set(spelling.countries().values())
    for strange in (country for country in terms.countries if country not in known):
        yield Objection("country", "countries", country=strange)


def _dearest(rules: Sequence[Rule]) -> int:
    """What one order earns both sides at least where it earns something: of each side its cheapest rule in money."""
    sides: dict[str, list[int]] = {}
    for rule in rules:
        if rule.kind != "points" and not rule.bonus and rule.milestone is None:
            sides.setdefault(rule.side, []).append(rule.cents or rule.least_cents or 0)
    return sum(min(each) for each in sides.values())


def _of_words(terms: Terms, languages: Sequence[str]) -> Iterator[Objection]:
    advocates = any(rule.side == "advocate" for rule in terms.rules)
    for language in languages:
        said = terms.texts.get(language, {})
        if not said.get("headline", "").strip():
            yield Objection("no_headline", f"headline_{language}")
        for name in TEXTS:
            if len(said.get(name, "")) > LONGEST[name]:
                yield Objection("long", f"{name}_{language}", most=LONGEST[name])
        share = said.get("share_text", "").strip()
        if share and advocates and not discloses(share):
            yield Objection("undisclosed", f"share_text_{language}")
    for strange in terms.texts.keys() - set(languages):
        yield Objection("language", f"headline_{strange}")


def _of_rules(terms: Terms) -> Iterator[Objection]:
    if not terms.rules:
        yield Objection("no_rules", "rules")
    if len(terms.rules) > MOST_RULES:
        yield Objection("many_rules", "rules", most=MOST_RULES)
    for key, times in Counter(rule.key for rule in terms.rules if rule.key).items():
        if times > 1:
            yield Objection("key_twice", f"rules.{key}.key")
    for rule in terms.rules:
        for wrong, field in _of_rule(rule):
            yield Objection(wrong, f"rules.{rule.key or rule.side}.{field}")


def _of_rule(rule: Rule) -> Iterator[tuple[str, str]]:
    yield from _of_worth(rule)
    yield from _of_occasion(rule)
    if rule.begins_at and rule.ends_at and rule.ends_at <= rule.begins_at:
        yield "ends_before", "ends_at"
    if rule.bonus and not rule.ends_at:
        yield "bonus_endless", "ends_at"
    if rule.recurring_months and rule.nth:
        yield "nth_recurs", "nth"


def _of_occasion(rule: Rule) -> Iterator[tuple[str, str]]:
    if rule.trigger == "event" and not rule.event_key:
        yield "event_unnamed", "event_key"
    if rule.trigger != "event" and rule.event_key:
        yield "event_unneeded", "event_key"
    if rule.trigger == "sign_up" and (rule.nth or rule.minimum_order_cents):
        yield "sign_up_counts", "trigger"
    if rule.side != "advocate" and (rule.from_count or rule.milestone):
        yield "counts_friends", "side"
    if rule.from_count and rule.milestone:
        yield "tier_or_milestone", "milestone"


def _of_worth(rule: Rule) -> Iterator[tuple[str, str]]:
    if (rule.cents is None) == (rule.percent_bp is None):
        yield "worth", "cents"
    if rule.cents is not None and not 0 < rule.cents <= MOST_CENTS:
        yield "amount", "cents"
    if rule.percent_bp is not None:
        if not 0 < rule.percent_bp <= 10_000:
            yield "percent", "percent"
        if rule.trigger == "sign_up":
            yield "percent_of_nothing", "percent"
        if rule.kind == "points":
            yield "percent_points", "percent"
    if rule.least_cents and rule.most_cents and rule.least_cents > rule.most_cents:
        yield "least_above_most", "most_cents"


def _of_overlaps(rules: Sequence[Rule]) -> Iterator[Objection]:
    """Two rules that would both hold for one thing, where neither is a bonus: nobody could say which is owed."""
    for one, other in combinations([rule for rule in rules if not rule.bonus], 2):
        if _occasion(one) == _occasion(other) and _meet(one, other):
            rule = "tiers_overlap" if one.from_count else "rules_overlap"
            yield Objection(rule, f"rules.{other.key or other.side}.side")


def _occasion(rule: Rule) -> tuple[object, ...]:
    return (
        rule.side,
        rule.kind,
        rule.trigger,
        rule.event_key,
        rule.nth,
        rule.minimum_order_cents,
        rule.from_count,
        rule.milestone,
        rule.recurring_months is None,
    )


def _meet(one: Rule, other: Rule) -> bool:
    """Whether there is a moment at which both hold."""
    first = one.ends_at is None or other.begins_at is None or other.begins_at < one.ends_at
    return first and (other.ends_at is None or one.begins_at is None or one.begins_at < other.ends_at)


def _of_caps(rules: Sequence[Rule], caps: Sequence[Cap]) -> Iterator[Objection]:
    for (scope, per), times in Counter((cap.scope, cap.per) for cap in caps).items():
        if times > 1:
            yield Objection("cap_twice", f"caps.{scope}.{per}")
    for cap in caps:
        if wrong := _of_cap(cap, rules):
            yield Objection(wrong, f"caps.{cap.scope}.{cap.per}")


def _of_cap(cap: Cap, rules: Sequence[Rule]) -> str | None:
    if cap.most_cents is None and cap.most_rewards is None:
        return "cap_empty"
    if (cap.most_cents is not None and cap.most_cents <= 0) or (cap.most_rewards is not None and cap.most_rewards <= 0):
        return "cap_empty"
    owed = [rule.cents or rule.least_cents or 0 for rule in rules if rule.kind != "points"]
    return "cap_below" if cap.most_cents is not None and owed and cap.most_cents < min(owed) else None
