"""What can happen to consents: a machine that has the rooms do it, and the model say what has to come of it."""

import asyncio
from collections import Counter
from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from leumund.consent import addressing, rules
from leumund.consent.giving.transcribing import Taken
from leumund.kit import ground
from leumund.kit.faults import Refusals, Refused
from tests.conftest import NOON
from tests.rooms import consent_deeds as deeds
from tests.rooms.consent_model import (
    DAY,
    DONE,
    GRACE,
    HOUR,
    MINUTE,
    NOTHING,
    PURPOSES,
    REFUSED,
    TOLD_BEFORE,
    Ask,
    Mail,
    Model,
    Person,
)

PEOPLE = {name: f"{name}@people.example" for name in ("anna", "clara", "mallory")}
# The family's is free, and its owner changes.
MAILBOXES = ["family@people.example", *PEOPLE.values()]
# Most happens to Anna, so that one thing often meets the next.
who = st.sampled_from(["anna", "anna", "anna", "clara", "mallory"])
purposes, places = st.sampled_from([*PURPOSES]), st.integers(0, 7)
boxes = st.fixed_dictionaries({purpose: st.booleans() for purpose in PURPOSES})
T = TypeVar("T")
Rows = list[dict[str, Any]]


class Here:
    """The scope of the test, reached from the thread the machine lives in; ``told`` counts what came of each deed."""

    def __init__(self, people: Mapping[str, UUID]) -> None:
        self.people, self.told = people, Counter[tuple[str, str]]()
        self._loop = asyncio.get_running_loop()

    def run(self, deed: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(deed, self._loop).result()


class Story(RuleBasedStateMachine):
    """What can happen to Anna, Clara and Mallory; it is only told, and undone at its end."""

    def __init__(self, here: Here) -> None:
        super().__init__()
        self.here, self.model, self.now, self.steps = here, Model(), NOON, 0
        self.people = {name: Person(here.people[name], email) for name, email in PEOPLE.items()}
        self.asks: list[Ask] = []
        self.waiting: list[Mail] = []
        self.sent: list[Mail] = []
        self.undone = ground.current().connection.transaction()
        here.run(self.undone.start())
        self.rows = here.run(deeds.everything())

    def teardown(self) -> None:
        self.here.run(self.undone.rollback())

    def have(self, deed: Coroutine[Any, Any, T], expected: str = DONE) -> T | None:
        """Have the rooms do it, and see that just that came of it which the model says has to."""
        self.here.told[deed.__name__, expected] += 1
        came, answer, rows = self.here.run(_tried(deed))
        assert (came == REFUSED) == (expected == REFUSED), f"{deed.__name__} was {came}, and should be {expected}"
        assert expected == DONE or rows == self.rows, f"{deed.__name__}: {expected}, and still rows have changed"
        self.rows, self.now = rows, self.now + MINUTE
        return answer

    def has(self, email: str) -> Person | None:
        return next((each for each in self.people.values() if not each.is_gone and each.email == email), None)

    # Asking, yes and no

    @initialize(ticked=boxes, at_once=st.booleans())
    def two_are_asked_and_written_to(self, ticked: Mapping[str, bool], at_once: bool) -> None:
        for name in ("anna", "clara"):
            self.asked(name, ticked, at_once)
            self.was_to_be_written_to(name, "survey", at_once=True)

    @rule(name=who, ticked=boxes, at_once=st.booleans())
    def asked(self, name: str, ticked: Mapping[str, bool], at_once: bool) -> None:
        person, at = self.people[name], self.now
        if not person.is_gone:
            request = self.have(deeds.request(person.id, person.email, ticked, at))
            assert request is not None
            self.asks.append(self.model.ask(request, person, ticked, at))
            if at_once:
                self.confirmed(0)

    @precondition(lambda self: self.asks)
    @rule(place=places)
    def confirmed(self, place: int) -> None:
        # Whatever waits comes first; and some links are opened twice.
        ask = sorted(self.asks, key=lambda ask: not ask.is_used)[-1 - place % len(self.asks)]
        self.have(deeds.confirm(ask.id, self.now), self.model.confirm(ask, self.now))

    @rule(name=who, purpose=purposes)
    def agreed_in_the_portal(self, name: str, purpose: str) -> None:
        person = self.people[name]
        if not person.is_gone:
            expected = self.model.agree_in_portal(person, purpose, self.now)
            self.have(deeds.choose(person.id, purpose, True, self.now), expected)

    @rule(name=who, purpose=st.none() | purposes)
    def withdrew_in_the_portal(self, name: str, purpose: str | None) -> None:
        person, at = self.people[name], self.now
        if not person.is_gone:
            self.model.withdraw(person, purpose, at)
            self.have(deeds.choose(person.id, purpose, False, at) if purpose else deeds.stop(person.id, at))

    @rule(name=who, purpose=st.none() | purposes)
    def withdrew_by_telephone(self, name: str, purpose: str | None) -> None:
        person = self.people[name]
        if not person.is_gone:
            self.model.withdraw(person, purpose, self.now)
            self.have(deeds.end(person.id, "withdrawal", purpose or "", self.now))

    @precondition(lambda self: self.sent)
    @rule(place=places)
    def unsubscribed_by_one_click(self, place: int) -> None:
        mail = self.sent[place % len(self.sent)]
        if not mail.person.is_gone:
            self.model.unsubscribe(mail.person, mail.purpose, mail.went_to, self.now)
        self.have(deeds.unsubscribe(mail.id, self.now), NOTHING if mail.person.is_gone else DONE)

    @rule(name=who, by_telephone=st.booleans())
    def objected(self, name: str, by_telephone: bool) -> None:
        person, at = self.people[name], self.now
        if not person.is_gone:
            self.model.object(person, at)
            by_staff = deeds.end(person.id, "objection", "", at) if by_telephone else None
            self.have(by_staff or deeds.object_to_all(person.id, at))

    @precondition(lambda self: self.sent)
    @rule(place=places)
    def complained(self, place: int) -> None:
        mail = self.sent[place % len(self.sent)]
        self.have(deeds.complain(mail.id, self.now), NOTHING if mail.came_back else DONE)
        self.model.complain(mail)

    # What others say of them

    @rule(
        name=who,
        email=st.none() | st.sampled_from(MAILBOXES),
        claimed=st.sets(purposes, min_size=1),
        proven=st.sampled_from([True, True, False]),
    )
    def came_in_by_a_file(self, name: str, email: str | None, claimed: set[str], proven: bool) -> None:
        person, at = self.people[name], self.now
        wanted = email or person.email
        somebody = self.has(wanted)
        if person.is_gone and somebody:
            return
        is_good = proven and somebody in (None, person)
        bases = dict.fromkeys(sorted(claimed), deeds.BASIS if proven else "ja")
        faults = self.have(deeds.bring(name, wanted, bases, at), DONE if is_good else NOTHING)
        assert bool(faults) != is_good
        if is_good and person.is_gone:
            person = self.people[name] = Person(self.here.run(deeds.who_has(wanted)), wanted)
        if is_good:
            self.model.bring(person, wanted, claimed, at)

    @rule(
        name=who,
        purpose=purposes,
        channel=st.sampled_from(["email", "phone"]),
        way=st.sampled_from(["phone", "fair", "paper"]),
        ago=st.sampled_from([MINUTE, HOUR, DAY]),
        is_proven=st.sampled_from([True, True, False]),
    )
    def was_taken_down(self, name: str, purpose: str, channel: str, way: str, ago: Any, is_proven: bool) -> None:
        person, at = self.people[name], self.now
        if person.is_gone:
            return
        # Half a minute off, so that nothing else was said at this very moment.
        said_at = at - ago + MINUTE / 2
        taken = Taken(
            customer=person.id,
            email=person.email,
            purpose=purpose,
            channel=channel,
            language="de",
            way=way,
            said_at=said_at,
            words="Ja, gern.",
            taker="Bert",
            reference="Ordner 7" if is_proven else "",
        )
        is_asked, by_mail = channel in PURPOSES[purpose], (way, channel) == ("phone", "email")
        is_good = is_asked and (is_proven or by_mail)
        request = self.have(deeds.take_down(taken, at), DONE if is_good else REFUSED)
        if is_good and by_mail:
            assert request is not None
            self.asks.append(self.model.ask_by_mail(request, person, purpose, at))
        elif is_good:
            self.model.take_down(person, purpose, channel, said_at)

    @rule(name=who, email=st.sampled_from([*MAILBOXES[:1] * 3, *MAILBOXES]))
    def moved_to_another_mailbox(self, name: str, email: str) -> None:
        person = self.people[name]
        if person.is_gone:
            return
        expected = REFUSED if self.has(email) else DONE
        self.have(deeds.move(person.id, email, self.now), expected)
        if expected == DONE:
            person.email = email

    # Resting and going

    @rule(name=who)
    def was_restricted(self, name: str) -> None:
        person = self.people[name]
        if not person.is_gone:
            self.have(deeds.restrict(person.id, self.now), NOTHING if person.is_resting else DONE)
            person.is_resting = True

    @precondition(lambda self: any(person.is_resting for person in self.people.values()))
    @rule(name=who)
    def was_told_that_the_rest_ends(self, name: str) -> None:
        person, at = self.people[name], self.now
        if not person.is_gone:
            expected = REFUSED if not person.is_resting else NOTHING if person.rests_until else DONE
            self.have(deeds.announce(person.id, at), expected)
            if expected == DONE:
                person.rests_until = at + TOLD_BEFORE

    @rule(name=who, reason=st.sampled_from(["objection", "no_longer_needed"]))
    def wanted_to_be_erased(self, name: str, reason: Any) -> None:
        person, at = self.people[name], self.now
        if not person.is_gone:
            self.have(deeds.begin_erasing(person.id, reason, at), NOTHING if person.goes_at else DONE)
            if person.goes_at is None:
                person.goes_at, person.goes_for = at + GRACE, reason

    @precondition(lambda self: any(person.goes_at for person in self.people.values()))
    @rule(name=who)
    def called_it_off(self, name: str) -> None:
        person = self.people[name]
        if not person.is_gone:
            self.have(deeds.cancel_erasing(person.id, self.now), DONE if person.goes_at else REFUSED)
            person.goes_at = None

    @rule(time=st.sampled_from([HOUR, DAY, 2 * DAY, 4 * DAY, 31 * DAY]))
    def time_passed(self, time: Any) -> None:
        self.now += time
        if time >= DAY:
            living = [person for person in self.people.values() if not person.is_gone]
            gone = self.have(deeds.night([person.id for person in living], self.now))
            assert gone == {person.id for person in living if self.model.spend_night(person, self.now - MINUTE)}

    # Sending

    @rule(name=who, purpose=purposes, at_once=st.booleans())
    def was_to_be_written_to(self, name: str, purpose: str, at_once: bool) -> None:
        person = self.people[name]
        if not person.is_gone:
            message = self.have(deeds.queue(person.id, purpose, self.now))
            assert message is not None
            self.waiting.append(Mail(message, person, purpose))
            if at_once:
                self.the_sender_took_a_mail(0)

    @precondition(lambda self: any(self.model.may_ask(each, self.now) for each in self.people.values()))
    @rule()
    def everybody_was_to_be_asked(self) -> None:
        at = self.now
        asked = self.have(deeds.invite_all(at))
        expected = {person.id: person for person in self.people.values() if self.model.may_ask(person, at)}
        assert asked is not None
        assert asked.keys() == expected.keys(), "the survey goes to all it may, and to nobody else"
        for person in expected.values():
            person.asked_at = at
            self.waiting.append(Mail(asked[person.id], person, "survey"))

    @precondition(lambda self: self.waiting)
    @rule(place=places)
    def the_sender_took_a_mail(self, place: int) -> None:
        mail = self.waiting.pop(-1 - place % len(self.waiting))
        may = self.model.may_send(mail.person, mail.purpose)
        went = self.have(deeds.deliver(mail.id, self.now))
        assert went == ([mail.person.email] if may else []), "a mail goes where it may, and nowhere else"
        assert self.have(deeds.deliver(mail.id, self.now), NOTHING) == [], "and once"
        self.here.told["deliver", "sent" if may else "held"] += 1
        if may:
            mail.went_to = mail.person.email
            self.sent.append(mail)

    # What holds at any time

    @invariant()
    def all_is_as_the_model_says(self) -> None:
        living = {person.id: person for person in self.people.values() if not person.is_gone}
        self.steps += 1
        seen = self.here.run(deeds.look(living, self.steps, self.now))
        for purpose in PURPOSES:
            may = {each for each, person in living.items() if self.model.may_send(person, purpose)}
            assert seen.reached[purpose] == may, "the gate lets through whom it may"
        may = {each for each, person in living.items() if self.model.allows(person, "recommendation", "phone")}
        assert seen.callable == may, "a consent to calls that stands, and no stop"
        assert seen.shown == {each: _standing(living[each]) for each in seen.shown}, "the portal shows what stands"
        assert _fold(seen.events) == {
            (person.id, *about): addressing.hashed(word.stands_for)
            for person in living.values()
            for about, word in person.words.items()
            if word.stands_for
        }, "the state is the fold of the events, and of who is gone nothing stands"
        assert not seen.faults, "every chain verifies"
        if living:
            self.a_mail_goes_where_it_may(*living.values())

    def a_mail_goes_where_it_may(self, *living: Person) -> None:
        """Whoever's turn it is after this step is really written to, and then was not."""
        person, purpose = living[self.steps % len(living)], [*PURPOSES][self.steps % 2]
        went = self.here.run(deeds.try_out(person.id, purpose, self.now))
        may = self.model.may_send(person, purpose)
        assert went == ([person.email] if may else []), "advertising goes where it may, and nowhere else"
        self.here.told["deliver", "sent" if may else "held"] += 1


def _standing(person: Person) -> dict[str, list[str]]:
    """The channels somebody allows, by purpose, where they are reached now."""
    return {
        purpose: [each for each in channels if person.words[purpose, each].stands_for == person.email]
        for purpose, channels in PURPOSES.items()
    }


def _fold(events: list[dict[str, Any]]) -> dict[tuple[UUID, str, str], str]:
    """The address of each consent that stands, after all that was said in the order it was said, an end last of all."""
    stands: dict[tuple[UUID, str, str], str] = {}
    for event in sorted(events, key=lambda event: (event["at"], event["state"] in rules.ENDS)):
        about = event["customer"], event["purpose"], event["channel"]
        if event["state"] == "given":
            stands[about] = event["address"]
        elif event["state"] in rules.ENDS:
            stands.pop(about, None)
    return stands


async def _tried(deed: Coroutine[Any, Any, T]) -> tuple[str, T | None, Rows]:
    """Whether it was done, with what answer, and all rows after it; what is refused is undone, as a scope undoes it."""
    came, answer = DONE, None
    try:
        async with ground.savepoint():
            answer = await deed
    except (Refused, Refusals):
        came = REFUSED
    return came, answer, await deeds.everything()
