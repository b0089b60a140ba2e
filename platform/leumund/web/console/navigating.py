"""Where one can go in the console, and which of it a member may."""

from typing import NamedTuple

from leumund.staff.members import Member


class Way(NamedTuple):
    """A page of the navigation; ``name`` is its icon and the end of its text's key ``console.nav.<name>``."""

    name: str
    path: str
    right: str


class Step(NamedTuple):
    """A way as one page shows it; ``here`` is where the reader stands."""

    name: str
    path: str
    here: bool


class Area(NamedTuple):
    """Ways under one heading."""

    name: str
    steps: list[Step]


_HOME = "/console"
_AREAS = {
    "program": (
        Way("overview", _HOME, "overview.see"),
        Way("referrals", "/console/referrals", "referrals.see"),
        Way("reviews", "/console/reviews", "referrals.see"),
        Way("rewards", "/console/rewards", "rewards.see"),
        Way("purchases", "/console/purchases", "purchases.import"),
        Way("ledger", "/console/ledger", "ledger.see"),
        Way("payouts", "/console/payouts", "payouts.see"),
        Way("offer", "/console/program", "program.see"),
        Way("share", "/console/share", "program.see"),
        Way("links", "/console/links", "program.see"),
        Way("occasions", "/console/occasions", "occasions.see"),
        Way("messages", "/console/messages", "messages.see"),
    ),
    "customers": (
        Way("customers", "/console/customers", "customers.see"),
        Way("segments", "/console/segments", "segments.see"),
        Way("surveys", "/console/surveys", "surveys.see"),
        Way("care", "/console/care", "care.see"),
        Way("scores", "/console/scores", "scores.see"),
    ),
    "privacy": (
        Way("cases", "/console/cases", "cases.see"),
        Way("texts", "/console/texts", "texts.see"),
        Way("records", "/console/records", "records.see"),
        Way("retention", "/console/retention", "records.see"),
        Way("agreement", "/console/agreement", "records.see"),
        Way("breaches", "/console/breaches", "breaches.manage"),
    ),
    "company": (
        Way("team", "/console/team", "members.manage"),
        Way("keys", "/console/keys", "keys.manage"),
        Way("webhooks", "/console/webhooks", "webhooks.manage"),
        Way("domains", "/console/domains", "domains.manage"),
        Way("mail", "/console/mail", "mail.manage"),
        Way("stripe", "/console/payouts/stripe", "stripe.manage"),
        Way("audit", "/console/audit", "audit.see"),
        Way("isolation", "/console/isolation", "isolation.see"),
        Way("support", "/console/support", "support.see"),
        Way("twin", "/console/test", "twin.see"),
        Way("leaving", "/console/leaving", "company.leave"),
    ),
}


def areas(who: Member, path: str) -> list[Area]:
    """The areas in which ``who`` may go anywhere, for the page at ``path``."""
    seen = [Area(name, [_step(way, path) for way in ways if who.may(way.right)]) for name, ways in _AREAS.items()]
    return [area for area in seen if area.steps]


def nearest(path: str) -> str:
    """The page of the navigation at or above ``path``."""
    return max((way.path for ways in _AREAS.values() for way in ways if _leads_to(way, path)), key=len, default=_HOME)


def _step(way: Way, path: str) -> Step:
    # The studio stands below the surveys: of two ways that lead to a page the longer one is where one is.
    return Step(way.name, way.path, _leads_to(way, path) and way.path == nearest(path))


def _leads_to(way: Way, path: str) -> bool:
    # Every address begins with the overview's, so that one only counts when it is all there is.
    return path == way.path or (way.path != _HOME and path.startswith(way.path + "/"))
