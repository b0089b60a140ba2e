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


_AREAS = {
    "program": (
        Way("overview", "/console", "overview.see"),
        Way("customers", "/console/customers", "customers.see"),
        Way("surveys", "/console/surveys", "surveys.see"),
        Way("referrals", "/console/referrals", "referrals.see"),
        Way("rewards", "/console/rewards", "rewards.see"),
        Way("offer", "/console/program", "program.see"),
    ),
    "company": (
        Way("team", "/console/team", "members.manage"),
        Way("keys", "/console/keys", "keys.manage"),
        Way("audit", "/console/audit", "audit.see"),
    ),
}


def areas(who: Member, path: str) -> list[Area]:
    """The areas in which ``who`` may go anywhere, for the page at ``path``."""
    seen = [Area(name, [_step(way, path) for way in ways if who.may(way.right)]) for name, ways in _AREAS.items()]
    return [area for area in seen if area.steps]


def _step(way: Way, path: str) -> Step:
    # Every address begins with the overview's, so that one only counts when it is all there is.
    below = way.path != "/console" and path.startswith(way.path + "/")
    return Step(way.name, way.path, path == way.path or below)
