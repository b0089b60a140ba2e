"""Of every way out of this house it is known what becomes of it in a test company; a new one has to say so here."""

from pathlib import Path

import pytest

from tests.house import exits

LEUMUND = Path(__file__).parent.parent.parent / "platform" / "leumund"
_STOPPED_AT_THE_KEY = "asks by a key, and a test company has none but a test key, which the database itself sees to"
EXITS = {
    "cli/doctor.py": "the operator looks whether the deployment's own mail server answers; no company's",
    "cli/opening.py": "the operator's own machine is asked for a name",
    "events/carrying.py": "goes on: to endpoints of the test company's own, and says that nothing happened for real",
    "kit/outside.py": "goes only where the modules beside have it go",
    "messages/carrying/handing.py": "nobody is met: Carrier.meet answers itself, before it looks for a server",
    "messages/carrying/mailing.py": "sends by what handing met, which is nobody",
    "tenancy/domains/proving.py": "no domain is claimed there, so none is proven",
    "worker/deeds.py": "says whom the modules above ask for names, and asks nobody itself",
    "worker/senders.py": "no server is chosen and no sender prepared there, so none is tried or looked up",
    **{f"payouts/stripe/{name}.py": _STOPPED_AT_THE_KEY for name in ("checking", "connecting", "recipients")},
}
# These name Stripe's words and errors, and get their connection from ``connecting``.
STRIPES_WORDS = {
    f"payouts/stripe/{name}.py"
    for name in (
        *("asking", "calling", "couponing", "crediting", "following", "hearing", "purchasing", "receiving"),
        *("surveying", "transferring"),
    )
}


def standing() -> dict[str, set[str]]:
    """The demo plays people of its own on its own machine, and is no part of what is served."""
    return {module: by for module, by in exits.exits(LEUMUND).items() if not module.startswith("demo/")}


def test_every_way_out_says_what_becomes_of_it_in_a_test_company():
    found = standing()
    assert {module for module, by in found.items() if by != {"stripe"}} - EXITS.keys() == set()
    assert found.keys() == EXITS.keys() | STRIPES_WORDS, "what leads out no longer has nothing to say"


def test_whoever_asks_stripe_has_a_key_the_company_may_have():
    """A connection is opened with the kept key, which the database holds to its mode, or with one just checked."""
    opening = {
        str(path.relative_to(LEUMUND)): path.read_text("utf-8")
        for path in LEUMUND.rglob("*.py")
        if "connecting.opened(" in path.read_text("utf-8")
    }
    assert opening
    for module, source in opening.items():
        assert "keeping.entry()" in source or "keeping.checked(" in source or ".entry.key" in source, module


@pytest.mark.parametrize(
    ("source", "by"),
    [
        ("import httpx", {"httpx"}),
        ("from urllib import request", {"urllib.request"}),
        ("from http.client import HTTPSConnection", {"http.client"}),
        ("import dns.asyncresolver", {"dns"}),
        ("from leumund.kit import outside", {"leumund.kit.outside"}),
        ("from leumund.kit.outside import post", {"leumund.kit.outside"}),
        ("import asyncio\nasync def go(): await asyncio.open_connection('a', 1)", {"open_connection"}),
        ("def go():\n    import smtplib", {"smtplib"}),
        ("from urllib.parse import urlsplit\nfrom http import HTTPStatus", set()),
        ("import dnsomething", set()),
    ],
)
def test_what_could_reach_outside_is_found(source: str, by: set[str]):
    assert exits.ways(source) == by
