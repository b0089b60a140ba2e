"""What the API says of itself is so: its examples fit, and whoever follows it, however oddly, meets what it describes.

Looked at longer by ``--hypothesis-profile=anew``, which throws other dice each time and ten times as many.
"""

import json
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from anyio import from_thread, to_thread
from hypothesis import HealthCheck, Phase, seed, settings
from jsonschema_rs import validator_for
from schemathesis import Case
from schemathesis import Response as Answered
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup

from leumund.api import documenting, problems, reading, routing
from leumund.api.examples import bodies
from leumund.kit import clock
from leumund.payouts import batching
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant
from tests.conftest import NOON
from tests.journeys.shops import Shop
from tests.rooms import paying, whole

# What a schema cannot say (that a currency exists, whose order it is) is refused with reason, and every call has a key.
_UNSAID = ("positive_data_acceptance", "ignored_auth")
_CONFIG = {
    "checks": {name: {"enabled": False} for name in _UNSAID},
    "generation": {"with-security-parameters": False},
}
_EXAMPLES, _STEPS = 40, 8
_THROWS = 5
# What has to have been done, or it was no visit: most of it is possible only by following links.
_DONE = {
    "POST /api/v1/customers",
    "POST /api/v1/conversions",
    "POST /api/v1/refunds",
    "POST /api/v1/refunds/restored",
    "GET /api/v1/conversions/{conversion}",
    "GET /api/v1/referrals/{referral}",
    "GET /api/v1/referrals/{referral}/trace",
    "GET /api/v1/rewards/{reward}",
    "GET /api/v1/payouts/{payout}",
}


def described() -> dict[str, Any]:
    """The document as it is handed out."""
    return documenting.documented(routing.app().openapi_schema.to_schema())


def shown(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each body and each answer there is, by where it stands."""
    for path, item in document["paths"].items():
        for verb, call in item.items():
            pieces = {"body": call["requestBody"]} if "requestBody" in call else {}
            for name, piece in (pieces | call["responses"]).items():
                for content in piece["content"].values():
                    yield f"{verb} {path} {name}", content


def values(content: dict[str, Any]) -> list[Any]:
    """The examples of one body or answer."""
    several = [one["value"] for one in content.get("examples", {}).values()]
    return [*several, content["example"]] if "example" in content else several


def test_each_body_each_answer_and_each_problem_has_examples_that_fit():
    document = described()
    for where, content in shown(document):
        fits = validator_for({**content["schema"], "components": document["components"]}, validate_formats=True)
        assert values(content), where
        for value in values(content):
            fits.validate(value)


def test_each_problem_there_is_stands_among_the_examples_of_its_status():
    document = described()
    kinds = {*problems.KINDS.values(), *problems.FRAMEWORKS.values(), problems.UNEXPECTED}
    told = {
        (one["type"], one["status"]) for _, content in shown(document) for one in values(content) if "detail" in one
    }
    assert told >= {(f"/problems/{kind.slug}", kind.status) for kind in kinds if kind.slug != "method-not-allowed"}


@pytest.mark.parametrize("body", bodies.BODIES, ids=lambda one: type(one).__name__)
def test_each_body_that_is_shown_is_read_as_it_was_meant(body: Any):
    name = f"#/components/schemas/{type(body).__name__}"
    (written,) = [values(one)[0] for where, one in shown(described()) if one["schema"]["$ref"] == name]
    assert reading.read(type(body), json.dumps(written).encode()) == body


class Visitor:
    """Somebody who has read the document, and calls one shop's API by it from another thread."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.answers: list[tuple[str, int]] = []

    def call(self, case: Case) -> Answered:
        """Send what was thought of, with the shop's key, over the loop the server lives in.

        A shop sells in its own currency: of all that three letters could be, one counts.
        """
        if isinstance(case.body, dict) and isinstance(case.body.get("currency"), str):
            case.body["currency"] = "EUR"
        asked = requests.Request(**case.as_transport_kwargs(base_url=f"https://{self.shop.tenant.host}")).prepare()
        asked.headers["authorization"] = f"Bearer {self.shop.key.key}"
        answer = Answered.from_any(from_thread.run(self._send, asked))
        self.answers.append((case.operation.label, answer.status_code))
        return answer

    async def _send(self, asked: requests.PreparedRequest) -> httpx.Response:
        raw = asked.body.encode() if isinstance(asked.body, str) else asked.body
        headers = [(name.encode(), _bytes(value)) for name, value in asked.headers.items()]
        return await self.shop.client.request(str(asked.method), str(asked.url), headers=headers, content=raw)


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("latin-1")


@pytest.fixture
async def visitor(door: Any, deployment: Deployment, company: Tenant) -> Any:
    """A visitor of a shop where Anna recommended three friends; Bert has bought, and a payout is being prepared."""
    async with deployment.scopes.inside(company):
        await whole.company(at=NOON)
        link = await whole.advocate("anna@people.example", at=NOON)
        for friend in ("bert", "clara", "dora"):
            await whole.friend(link, f"{friend}@people.example", at=NOON)
    shop = await Shop.open(door, deployment, company)
    order = {"order_id": "A-1", "amount_cents": 90_000, "currency": "EUR", "customer": {"email": "bert@people.example"}}
    assert len((await shop.post("/conversions", order)).json()["rewards"]) == 2
    async with deployment.scopes.inside(company):
        await paying.earned("A-2", at=clock.now())
        await batching.draft(way="manual", currency="EUR", by=paying.ACCOUNTANT, at=clock.now() + timedelta(days=366))
    yield Visitor(shop)
    await shop.client.aclose()


def _run(machine: Any, dice: settings) -> None:
    """Let it play. What it finds is one fault, for a group of them ends the loop that all fixtures live in."""
    try:
        machine.run(settings=dice)
    except FailureGroup as found:
        raise AssertionError(str(found)) from None


async def test_whoever_follows_the_document_meets_what_it_describes(visitor: Visitor):
    schema = schemathesis.openapi.from_dict(described(), config=SchemathesisConfig.from_dict(_CONFIG))
    machine = schema.as_state_machine()
    machine.call = lambda _, case, **__: visitor.call(case)
    anew = not settings().derandomize
    dice = settings(
        settings(),
        max_examples=_EXAMPLES * (10 if anew else 1),
        stateful_step_count=_STEPS,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    # What dice show hangs on which modules are there, whatever they begin with: who got too little throws again.
    for throw in range(_THROWS):
        if not anew:
            seed(throw)(machine)
        await to_thread.run_sync(partial(_run, machine, dice))
        if not (missed := _DONE - {call for call, status in visitor.answers if status < 300}):
            break
    assert not missed
