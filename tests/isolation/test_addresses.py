"""People type their own address and nobody else's: no page takes the address of a friend (BGH I ZR 208/12)."""

from tests.isolation.places import PLACES, Place

ADDRESSES = {"email", "phone", "mobile", "address", "friend", "friends", "recipient", "to"}
# Staff, shops and operators write of others; who has none of their accounts speaks for nobody else.
PUBLIC = {
    route: place
    for route, place in PLACES.items()
    if not route.partition(" ")[2].startswith(("/console", "/api/", "//"))
}
# Whose address it is, by the route that takes it.
OWN = {
    "POST /r/{code}/welcome": {"email"},  # the friend signs up, by their own hand
    "POST /portal/login": {"email"},
    "POST /recommend/{program}": {"email"},  # a customer asks to take part, by their own hand
    "POST /portal/data/address": {"email"},
    "POST /portal/data/correction": {"phone"},
    "POST /rights": {"email"},
    # Where what they earned is sent: goods, to themselves.
    "POST /portal/payouts/address": {"address"},
}


def taken(places: dict[str, Place]) -> dict[str, set[str]]:
    """What could be an address, by the public route that takes it."""
    found = {route: ADDRESSES & {*place.fields(), *place.query} for route, place in places.items()}
    return {route: names for route, names in found.items() if names}


def test_every_address_that_is_taken_is_of_whoever_types_it():
    assert taken(PUBLIC) == OWN


def test_a_form_that_would_mail_a_friend_is_found():
    invite = {"POST /portal/invite": Place(form={"friends": "word"})}
    assert taken(PUBLIC | invite).keys() - OWN.keys() == invite.keys()
