"""Replay past events through rules that nobody was promised yet: judged one after the other, as they would have been.

What the rules have paid so far is what they paid in this replay, which begins with nothing: so tiers, milestones, caps
and the budget fill up as they would have. No row is read here.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from leumund.programs.offers import Offer, Rule
from leumund.rewards.judging import judging, units
from leumund.rewards.judging.facts import Earned, Event, Facts, Party
from leumund.rewards.judging.judging import Judgement


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody on one side of a referral, as far as rules ask for it."""

    id: UUID
    country: str | None = None
    gone: bool = False


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """An event of a friend's; ``kept`` is false of what was given back as a whole, which earns nothing."""

    referral: UUID
    advocate: Person
    friend: Person
    signed_up_at: datetime
    event: Event
    kept: bool = True


class Paid(msgspec.Struct, frozen=True, kw_only=True):
    """What one rule would have paid for one event, in the unit ``currency``."""

    rule: Rule
    beneficiary: UUID
    cents: int
    currency: str
    at: datetime


@dataclass
class Sums:
    """What one person, or the program, was paid by month, tax year and ever, and in the last twelve months."""

    zone: ZoneInfo
    _by: dict[str, Earned] = field(default_factory=dict)
    _year: deque[tuple[datetime, int]] = field(default_factory=deque)
    _in_year: Earned = field(default_factory=Earned)

    def add(self, cents: int, at: datetime) -> None:
        for name in self._names(at).values():
            had = self._by.get(name, Earned())
            self._by[name] = Earned(had.cents + cents, had.rewards + 1)
        self._year.append((at, cents))
        self._in_year = Earned(self._in_year.cents + cents, self._in_year.rewards + 1)

    def earned(self, at: datetime) -> Mapping[str, Earned]:
        """By period, as they were at ``at``; asked in the order of time."""
        while self._year and self._year[0][0] < _year_before(at):
            _, cents = self._year.popleft()
            self._in_year = Earned(self._in_year.cents - cents, self._in_year.rewards - 1)
        known = {per: self._by.get(name, Earned()) for per, name in self._names(at).items()}
        return {**known, "year": self._in_year}

    def _names(self, at: datetime) -> Mapping[str, str]:
        here = at.astimezone(self.zone)
        return {"month": f"{here:%Y-%m}", "tax_year": f"{here:%Y}", "ever": "ever"}


@dataclass
class Replay:
    """Judges events in the order they happened; ``paid`` and ``refused`` grow with each."""

    offer: Offer
    paid: list[Paid] = field(default_factory=list)
    # How often which rule refused for which reason.
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)
    exhausted_at: datetime | None = None
    beyond_budget: int = 0
    _spent_cents: int = 0
    _sums: dict[UUID | None, Sums] = field(default_factory=dict)
    _times: dict[UUID, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    _earlier: dict[tuple[UUID, str, str, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    _qualified: dict[UUID, datetime] = field(default_factory=dict)
    _rank: dict[UUID, int] = field(default_factory=dict)
    _approved: Counter[UUID] = field(default_factory=Counter)
    _reached: dict[UUID, set[str]] = field(default_factory=lambda: defaultdict(set))

    def run(self, events: Iterable[Past]) -> None:
        for past in events:
            if past.kept:
                self._judge(past)
            same = (past.friend.id, past.event.kind, past.event.event_key, past.event.currency)
            self._earlier[same].append(past.event.cents)

    def _judge(self, past: Past) -> None:
        judged = judging.judge(self.offer, self._facts(past))
        for one in judged:
            if not one.passed and one.reason not in ("other_trigger", "other_event"):
                self.refused[one.rule.key, one.reason] += 1
        passed = [one for one in judged if one.passed]
        if passed:
            self._qualify(past)
            self._pay(past, passed)

    def _qualify(self, past: Past) -> None:
        """The first event that counts makes the referral one of its advocate's."""
        if past.referral not in self._qualified:
            self._qualified[past.referral] = past.event.at
            self._approved[past.advocate.id] += 1
            self._rank[past.referral] = self._approved[past.advocate.id]

    def _pay(self, past: Past, passed: list[Judgement]) -> None:
        """All of it or nothing, as the budget reaches: what is beyond it a person would have had to decide."""
        asked = sum(one.cents for one in passed if not units.is_points(one.rule))
        if self._spent_cents + asked > self.offer.budget_cents:
            self.exhausted_at = self.exhausted_at or past.event.at
            self.beyond_budget += 1
            return
        self._spent_cents += asked
        for one in passed:
            side = past.advocate if one.rule.side == "advocate" else past.friend
            paid = Paid(
                rule=one.rule,
                beneficiary=side.id,
                cents=one.cents,
                currency=units.of(one.rule, self.offer),
                at=past.event.at,
            )
            self.paid.append(paid)
            self._times[past.referral][one.rule.key] += 1
            if one.rule.milestone is not None:
                self._reached[past.advocate.id].add(one.rule.key)
            for whose in (side.id, None):
                self._summed(whose).add(0 if units.is_points(one.rule) else one.cents, past.event.at)

    def _facts(self, past: Past) -> Facts:
        event = past.event
        same = (past.friend.id, event.kind, event.event_key, event.currency)
        return Facts(
            event=event,
            signed_up_at=past.signed_up_at,
            qualified_at=self._qualified.get(past.referral),
            earlier_cents=tuple(self._earlier[same]),
            approved=self._rank.get(past.referral, self._approved[past.advocate.id] + 1),
            paid=self._times[past.referral],
            advocate=self._party(past.advocate, event.at, frozenset(self._reached[past.advocate.id])),
            friend=self._party(past.friend, event.at, frozenset()),
            program=self._earned(None, event.at),
        )

    def _party(self, person: Person, at: datetime, milestones: frozenset[str]) -> Party:
        return Party(
            country=person.country, gone=person.gone, earned=self._earned(person.id, at), milestones=milestones
        )

    def _earned(self, whose: UUID | None, at: datetime) -> Mapping[str, Earned]:
        return self._summed(whose).earned(at) if self.offer.version.caps else {}

    def _summed(self, whose: UUID | None) -> Sums:
        return self._sums.setdefault(whose, Sums(ZoneInfo(self.offer.zone)))


def _year_before(at: datetime) -> datetime:
    """Whoever looks back from 29 February begins on the 28th."""
    return at.replace(year=at.year - 1, day=28 if (at.month, at.day) == (2, 29) else at.day)
