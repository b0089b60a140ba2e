"""Signs by name, each a rule of its own over what is known of a referral; no row is read here.

None of them proves anything: fathers and sons share names, flats share networks, roommates share telephones. Their
weights are summed, and from a sum on a person looks. Nothing is refused by them.
"""

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType

import msgspec

from leumund.customers.notation import normalising
from leumund.customers.records.finding import Person
from leumund.referrals.signs import temporary

MOST_WEIGHT = 100
# From this sum on a person looks.
LOOK_FROM = 100
# The longest circle that is looked for: in longer ones nobody knows whom they close it with.
LONGEST_CIRCLE = 5
_BUSY_HOUR, _BUSY_DAY, _TIMES_USUAL = 3, 5, 3
_FEWEST_GIVEN_BACK, _ONE_OF = 2, 3


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one referral when it is looked at.

    ``circle`` is the length of the one it closes; ``in_hour`` and ``in_day`` count what the advocate brought until
    then, ``usual_day`` what others of the program bring on a day on which they bring anybody; ``given_back`` of
    ``bought`` are the advocate's earlier referrals. ``noted`` are signs of this referral that were seen before;
    ``entered`` is whether it comes of what support entered, ``from_file`` of what a member brought in a file.
    """

    advocate: Person
    friend: Person
    large_order: bool = False
    circle: int | None = None
    bought_before: bool = False
    known_before: bool = False
    in_hour: int = 0
    in_day: int = 0
    usual_day: float = 1
    given_back: int = 0
    bought: int = 0
    noted: frozenset[str] = frozenset()
    entered: bool = False
    from_file: bool = False


def same_address(facts: Facts) -> bool:
    """One mailbox, however its address is written."""
    return _same(_mailbox(facts.advocate), _mailbox(facts.friend))


def same_phone(facts: Facts) -> bool:
    """One telephone, and no family that could share it."""
    return _same(facts.advocate.phone, facts.friend.phone) and not _one_family(facts)


def same_birth(facts: Facts) -> bool:
    """One family name and one day of birth."""
    return _one_family(facts) and _same(facts.advocate.birth_date, facts.friend.birth_date)


def same_name(facts: Facts) -> bool:
    """One name, the given one too."""
    return _one_family(facts) and _same(_plain(facts.advocate.given_name), _plain(facts.friend.given_name))


def same_household(facts: Facts) -> bool:
    """One family name, and one telephone or one network on the day of the sign-up."""
    shares = _same(facts.advocate.phone, facts.friend.phone) or "same_network" in facts.noted
    return _one_family(facts) and shares and not same_name(facts)


def circle(facts: Facts) -> bool:
    """Whoever is recommended recommended the advocate, or somebody who did."""
    return facts.circle is not None and facts.circle <= LONGEST_CIRCLE


def bought_before(facts: Facts) -> bool:
    """The friend bought before they signed up."""
    return facts.bought_before


def known_before(facts: Facts) -> bool:
    """The friend is a customer already, under another spelling of the address."""
    return facts.known_before


def disposable_mail(facts: Facts) -> bool:
    """An address that is thrown away after use."""
    return facts.friend.email is not None and temporary.is_temporary(facts.friend.email)


def velocity(facts: Facts) -> bool:
    """Far more friends in an hour or a day than others of this program bring in a day."""
    most = _TIMES_USUAL * max(facts.usual_day, 1)
    return (facts.in_hour >= _BUSY_HOUR and facts.in_hour > most) or (facts.in_day >= _BUSY_DAY and facts.in_day > most)


def refunds(facts: Facts) -> bool:
    """Friends of this advocate often give back what they bought."""
    return facts.given_back >= _FEWEST_GIVEN_BACK and facts.given_back * _ONE_OF >= facts.bought


def from_file(facts: Facts) -> bool:
    """A file that a member brought says who recommended, and no shop of the company's does."""
    return facts.from_file


def large_order(facts: Facts) -> bool:
    """An order above the program's limit."""
    return facts.large_order


def same_network(facts: Facts) -> bool:
    """Signed up on the same day and in the same network as the advocate or another friend of theirs."""
    return "same_network" in facts.noted


RULES: Mapping[str, Callable[[Facts], bool]] = MappingProxyType(
    {
        rule.__name__: rule
        for rule in (
            same_address,
            same_phone,
            same_birth,
            same_name,
            same_household,
            same_network,
            circle,
            bought_before,
            known_before,
            disposable_mail,
            velocity,
            refunds,
            from_file,
            large_order,
        )
    }
)
# That a budget does not reach is no sign of anything, and waits for a person all the same.
BUDGET = "budget"
# What a member entered is looked at by another one, whatever else is seen: nobody makes money for a friend alone.
ENTERED = "entered"
TUNABLE = tuple(RULES)
SIGNS = (*TUNABLE, ENTERED, BUDGET)
WEIGHTS: Mapping[str, int] = MappingProxyType(
    {
        "same_address": 100,
        "same_phone": 100,
        "same_birth": 100,
        "same_name": 100,
        "same_household": 60,
        "same_network": 40,
        "circle": 100,
        "bought_before": 100,
        "known_before": 100,
        "disposable_mail": 60,
        "velocity": 60,
        "refunds": 60,
        "from_file": 60,
        "large_order": 100,
    }
)


def found(facts: Facts, *, weights: Mapping[str, int]) -> list[str]:
    """The signs that are to be seen, the heaviest first; what weighs nothing is not even looked for."""
    seen = [name for name, rule in RULES.items() if weights.get(name, 0) > 0 and rule(facts)]
    return [*([ENTERED] if facts.entered else []), *sorted(seen, key=lambda name: -weights[name])]


def is_enough(weights: Collection[int]) -> bool:
    """Whether so much came together that a person looks."""
    return sum(weights) >= LOOK_FROM


def _one_family(facts: Facts) -> bool:
    return _same(_plain(facts.advocate.family_name), _plain(facts.friend.family_name))


def _same(one: object, other: object) -> bool:
    """Whether both are known and alike."""
    return bool(one) and one == other


def _mailbox(person: Person) -> str | None:
    return person.email and normalising.folded(person.email)


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def is_another_spelling(friend: Person, other: Person) -> bool:
    """Whether ``other`` is the friend under another address: one mailbox, or one name with one telephone or birth."""
    if _same(_mailbox(friend), _mailbox(other)):
        return True
    names = [(_plain(each.given_name), _plain(each.family_name)) for each in (friend, other)]
    alike = names[0] == names[1] and all(names[0])
    return alike and (_same(friend.phone, other.phone) or _same(friend.birth_date, other.birth_date))
