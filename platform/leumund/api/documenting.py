"""Hand out the API as described for machines, with what Litestar does not know: examples, and what leads to what.

The links say how one answer leads to the next call (a purchase to its refund, a list to each of its rows).
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, get

from leumund.api import problems
from leumund.api.describing import PATH
from leumund.api.examples.answers import ANSWERS
from leumund.api.examples.bodies import BODIES
from leumund.kit import language

Piece = dict[str, Any]
_ENGLISH = "en"
_JSON = "application/json"
_SHAPES = "#/components/schemas/"
_ID = "$response.body#/id"
# By the call whose answer leads on: the name of the link, the call it leads to, its parameters, its body.
_LINKS: Mapping[str, tuple[tuple[str, str, Piece, Piece], ...]] = {
    "CustomersTell": (
        ("read", "CustomersOne", {"customer": _ID}, {}),
        ("buys", "ConversionsConvert", {}, {"customer": {"id": _ID}}),
        ("isAsked", "SurveyEventsHear", {}, {"customer": {"id": _ID}}),
    ),
    "ConversionsConvert": (
        ("read", "ConversionsOne", {"conversion": _ID}, {}),
        ("givenBack", "RefundsRefund", {}, {"order_id": "$response.body#/order_id"}),
        ("recommendedBy", "ReferralsReferral", {"referral": "$response.body#/referral/id"}, {}),
        ("earned", "RewardsReward", {"reward": "$response.body#/rewards/0"}, {}),
    ),
    "RefundsRefund": (
        ("read", "ConversionsOne", {"conversion": "$response.body#/conversion"}, {}),
        (
            "countsAgain",
            "RefundsRestoredRestore",
            {},
            {"order_id": "$response.body#/order_id", "refund_id": "$response.body#/refund_id"},
        ),
    ),
    "RefundsRestoredRestore": (
        ("read", "ConversionsOne", {"conversion": "$response.body#/conversion"}, {}),
        ("givenBack", "RefundsRefund", {}, {"order_id": "$response.body#/order_id"}),
    ),
    "ReferralsReferrals": (
        ("read", "ReferralsReferral", {"referral": "$response.body#/data/0/id"}, {}),
        ("following", "ReferralsReferrals", {"after": "$response.body#/next"}, {}),
        ("friendBuys", "ConversionsConvert", {}, {"customer": {"id": "$response.body#/data/0/friend"}}),
    ),
    "ReferralsReferral": (
        ("trace", "ReferralsTraceWhole", {"referral": _ID}, {}),
        ("whose", "CustomersOne", {"customer": "$response.body#/advocate"}, {}),
        ("givenBack", "RefundsRefund", {}, {"order_id": "$response.body#/order_id"}),
    ),
    "ReferralsTraceWhole": (
        ("of", "ReferralsReferral", {"referral": _ID}, {}),
        ("began", "ConversionsOne", {"conversion": "$response.body#/events/0/conversion"}, {}),
        ("earned", "RewardsReward", {"reward": "$response.body#/rewards/0/id"}, {}),
    ),
    "RewardsRewards": (
        ("read", "RewardsReward", {"reward": "$response.body#/data/0/id"}, {}),
        ("following", "RewardsRewards", {"after": "$response.body#/next"}, {}),
    ),
    "RewardsReward": (
        ("of", "ReferralsReferral", {"referral": "$response.body#/referral"}, {}),
        ("whose", "CustomersOne", {"customer": "$response.body#/beneficiary"}, {}),
    ),
    "PayoutsEvery": (
        ("read", "PayoutsOne", {"payout": "$response.body#/data/0/id"}, {}),
        ("following", "PayoutsEvery", {"after": "$response.body#/next"}, {}),
    ),
    "PayoutsOne": (("pays", "RewardsReward", {"reward": "$response.body#/rewards/0"}, {}),),
}


@get(PATH + "/openapi.json", include_in_schema=False, sync_to_thread=False)
def document(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The document, the same for every company and so without a key."""
    return Response(_written_out(request.app), media_type="application/vnd.oai.openapi+json")


@cache
def _written_out(app: Litestar) -> bytes:
    """The document of ``app``, made once: whoever has no key could else have it made all day."""
    return msgspec.json.encode(documented(app.openapi_schema.to_schema()))


def documented(described: Piece) -> Piece:
    """What Litestar ``described``, completed in place."""
    shapes = described["components"]["schemas"]
    for body in BODIES:
        _close(shapes, type(body).__name__)
    bodies = {type(one).__name__: _written(msgspec.to_builtins(one)) for one in BODIES}
    answers = {type(one).__name__: msgspec.to_builtins(one) for one in ANSWERS}
    for item in described["paths"].values():
        for call in item.values():
            if "requestBody" in call:
                _show(call["requestBody"]["content"][_JSON], bodies)
            for status, answer in call["responses"].items():
                _answer(answer, status, answers)
                if int(status) < 300:
                    answer["links"] = dict(_links(call["operationId"]))
    return described


def _close(shapes: Piece, name: str) -> None:
    """Say of a body, and of what is in it, that it takes no other fields."""
    shapes[name]["additionalProperties"] = False
    for field in shapes[name]["properties"].values():
        for place in (field, field.get("items", {})):
            if "$ref" in place:
                _close(shapes, place["$ref"].removeprefix(_SHAPES))


def _written(told: Any) -> Any:
    """A body as one would write it: what may be left out and says nothing is left out."""
    if isinstance(told, dict):
        return {name: _written(one) for name, one in told.items() if one is not None}
    return [_written(one) for one in told] if isinstance(told, list) else told


def _show(content: Piece, shown: Piece) -> None:
    content["example"] = shown[content["schema"]["$ref"].removeprefix(_SHAPES)]


def _answer(answer: Piece, status: str, answers: Piece) -> None:
    for media_type, content in answer.get("content", {}).items():
        if media_type == problems.MEDIA_TYPE:
            content["examples"] = dict(_problems(int(status)))
        else:
            _show(content, answers)


def _problems(status: int) -> Iterator[tuple[str, Piece]]:
    """Every kind of problem with ``status``, as it is said in English."""
    kinds = {*problems.KINDS.values(), *problems.FRAMEWORKS.values(), problems.UNEXPECTED}
    for kind in sorted(kind for kind in kinds if kind.status == status):
        problem = problems.said(kind, _ENGLISH)
        if kind == problems.INVALID:
            fault = problems.FieldFault(field="customer", detail=language.text("errors.api.field_missing", _ENGLISH))
            problem = msgspec.structs.replace(problem, errors=[fault])
        elif kind == problems.UNEXPECTED:
            problem = msgspec.structs.replace(problem, request_id="5f0c8f6e3b1d")
        yield kind.slug, {"value": msgspec.to_builtins(problem)}


def _links(operation: str) -> Iterator[tuple[str, Piece]]:
    for name, target, parameters, body in _LINKS.get(operation.removeprefix("ApiV1"), ()):
        link: Piece = {"operationId": f"ApiV1{target}", "parameters": parameters, "requestBody": body}
        yield name, {what: given for what, given in link.items() if given}
