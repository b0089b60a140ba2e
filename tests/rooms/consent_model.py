"""What should hold of consents, said once more in plain Python: no room is asked, and no event is folded.

Of each person, purpose and channel it knows the last yes, the address that said it, and the last no; of each address
who may not reach it. A deed answers what has to come of it: DONE, NOTHING where no row changes, or REFUSED.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

PURPOSES: Mapping[str, tuple[str, ...]] = {"survey": ("email",), "recommendation": ("email", "phone")}
CHANNELS = ("email", "phone", "post", "sms")
DONE, NOTHING, REFUSED = "done", "nothing", "refused"
LINK_LASTS, FORGOTTEN_AFTER = timedelta(hours=48), timedelta(days=30)
GRACE, TOLD_BEFORE = timedelta(days=30), timedelta(days=3)
NOT_AGAIN_WITHIN = timedelta(days=90)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass
class Word:
    """What somebody last said of one purpose on one channel; ``answered`` when no file may claim a yes any more."""

    asked_at: datetime | None = None
    yes_at: datetime | None = None
    yes_from: str = ""
    no_at: datetime | None = None
    answered: bool = False

    def yes(self, email: str, at: datetime) -> None:
        self.answered = True
        if self.yes_at is None or at >= self.yes_at:
            self.yes_at, self.yes_from = at, email

    def no(self, at: datetime) -> None:
        self.answered = True
        since = [each for each in (self.asked_at, self.yes_at) if each and self.no_at and each > self.no_at]
        # Within a day it is the same no, unless something was said since.
        if self.no_at is None or since or at - self.no_at >= DAY:
            self.no_at = at

    @property
    def stands_for(self) -> str | None:
        """The address it allows to be written to, if any."""
        return self.yes_from if self.yes_at and (self.no_at is None or self.no_at < self.yes_at) else None


@dataclass(eq=False)
class Person:
    """One record of somebody; who is erased and comes back has another one."""

    id: UUID
    email: str
    words: dict[tuple[str, str], Word] = field(
        default_factory=lambda: {(name, each): Word() for name, channels in PURPOSES.items() for each in channels}
    )
    is_resting: bool = False
    rests_until: datetime | None = None
    goes_at: datetime | None = None
    goes_for: str = ""
    is_gone: bool = False
    asked_at: datetime | None = None

    def about(self, purpose: str | None) -> Iterator[tuple[str, str, Word]]:
        for (name, channel), word in self.words.items():
            if purpose in (None, name):
                yield name, channel, word


@dataclass(eq=False)
class Ask:
    """A check mail's link."""

    id: UUID
    person: Person
    email: str
    ticked: list[str]
    at: datetime
    is_used: bool = False


@dataclass(eq=False)
class Mail:
    """An advertising mail; ``went_to`` once it is out."""

    id: UUID
    person: Person
    purpose: str
    went_to: str = ""
    came_back: bool = False


@dataclass
class Model:
    """What a company has to know; ``soft`` stops are withdrawals with their moment, ``hard`` ones nothing lifts."""

    soft: dict[tuple[str, str, str], datetime] = field(default_factory=dict)
    hard: set[tuple[str, str]] = field(default_factory=set)

    def is_stopped(self, email: str, purpose: str, channel: str) -> bool:
        return (email, channel) in self.hard or (email, purpose, channel) in self.soft

    def allows(self, person: Person, purpose: str, channel: str = "email") -> bool:
        """Whether there is a consent, for where the person is reached now, and no stop."""
        stands = person.words[purpose, channel].stands_for == person.email
        return not person.is_gone and stands and not self.is_stopped(person.email, purpose, channel)

    def may_send(self, person: Person, purpose: str) -> bool:
        return self.allows(person, purpose) and not person.is_resting and person.goes_at is None

    def may_ask(self, person: Person, at: datetime) -> bool:
        """Whether the survey may be sent to whoever allows it, and was not asked lately."""
        rested = person.asked_at is None or person.asked_at + NOT_AGAIN_WITHIN <= at
        return self.may_send(person, "survey") and rested

    def ask(self, request: UUID, person: Person, boxes: Mapping[str, bool], at: datetime) -> Ask:
        for purpose, ticked in boxes.items():
            for _, _, word in person.about(purpose):
                # An empty box is no withdrawal; it only means that no file may claim a yes from elsewhere.
                word.answered |= not ticked
                word.asked_at = at if ticked else word.asked_at
        return Ask(request, person, person.email, [each for each, ticked in boxes.items() if ticked], at)

    def ask_by_mail(self, request: UUID, person: Person, purpose: str, at: datetime) -> Ask:
        """Nobody signed for this mailbox, so it is asked itself."""
        person.words[purpose, "email"].asked_at = at
        return Ask(request, person, person.email, [purpose], at)

    def confirm(self, ask: Ask, at: datetime) -> str:
        if ask.is_used and not ask.person.is_gone:
            return NOTHING
        if ask.person.is_gone or ask.person.email != ask.email or at >= ask.at + LINK_LASTS:
            return REFUSED
        ask.is_used = True
        for purpose in ask.ticked:
            word = ask.person.words[purpose, "email"]
            if word.no_at is None or word.no_at < ask.at:
                word.yes(ask.email, at)
                self.lift(ask.email, purpose, "email", at)
        return DONE

    def agree_in_portal(self, person: Person, purpose: str, at: datetime) -> str:
        if person.words[purpose, "email"].stands_for == person.email:
            return NOTHING
        if (person.email, "email") in self.hard:
            return REFUSED
        person.words[purpose, "email"].yes(person.email, at)
        self.lift(person.email, purpose, "email", at)
        return DONE

    def withdraw(self, person: Person, purpose: str | None, at: datetime) -> None:
        for name, _, word in person.about(purpose):
            word.no(at)
            self.soft[person.email, name, "email"] = at

    def unsubscribe(self, person: Person, purpose: str, mailed_to: str, at: datetime) -> None:
        self.soft[mailed_to, purpose, "email"] = at
        self.withdraw(person, purpose, at)

    def object(self, person: Person, at: datetime) -> None:
        for _, _, word in person.about(None):
            word.no(at)
        self.hard |= {(person.email, channel) for channel in CHANNELS}

    def complain(self, mail: Mail) -> None:
        """The mailbox a mail went to calls it unwanted; of who is gone nobody knows which one that was."""
        if not mail.came_back and not mail.person.is_gone:
            self.hard.add((mail.went_to, "email"))
        mail.came_back = True

    def bring(self, person: Person, email: str, purposes: Iterable[str], at: datetime) -> None:
        """A file brings a person's consents along, and the address the company knows."""
        person.email = email
        for purpose in purposes:
            word = person.words[purpose, "email"]
            if not word.answered and not self.is_stopped(email, purpose, "email"):
                word.yes(email, at)

    def take_down(self, person: Person, purpose: str, channel: str, said_at: datetime) -> None:
        """Somebody of the company types in what was said earlier, with its proof."""
        word = person.words[purpose, channel]
        word.yes(person.email, said_at)
        if word.no_at is None or word.no_at < said_at:
            self.lift(person.email, purpose, channel, said_at)

    def lift(self, email: str, purpose: str, channel: str, yes_at: datetime) -> None:
        """Only what was said later than the stop lifts it."""
        if (stopped_at := self.soft.get((email, purpose, channel))) and stopped_at < yes_at:
            del self.soft[email, purpose, channel]

    def spend_night(self, person: Person, at: datetime) -> bool:
        """Whether the person is gone after it, since their thirty days are over; a rest that was announced ends."""
        if person.rests_until and person.rests_until <= at:
            person.is_resting, person.rests_until = False, None
        if person.goes_at is None or person.goes_at > at:
            return False
        person.is_gone = True
        if person.goes_for == "objection":
            self.hard |= {(person.email, channel) for channel in CHANNELS}
        for name, _, _ in person.about(None):
            self.soft[person.email, name, "email"] = at
        return True
