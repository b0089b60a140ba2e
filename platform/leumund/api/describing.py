"""The API described for machines: OpenAPI, made from the handlers and their types."""

from collections.abc import Mapping

from litestar.openapi import OpenAPIConfig, ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from leumund.api.problems import MEDIA_TYPE, Problem

PATH = "/api/v1"
_MEANINGS = {
    400: "No JSON, or no Idempotency-Key",
    401: "No key, or a revoked one",
    403: "The key was not made for this",
    404: "No such thing here",
    409: "It contradicts what is known",
    413: "The body is too large",
    415: "The body is not declared as JSON",
    422: "A field is wrong, or the Idempotency-Key belongs to another request",
    429: "Called too often, or this mailbox got as many mails as anybody may have sent to it",
    500: "Our own fault",
    503: "Busy: ask again with the same Idempotency-Key",
}
PROBLEMS: Mapping[int, ResponseSpec] = {
    status: ResponseSpec(data_container=Problem, description=meaning, media_type=MEDIA_TYPE, generate_examples=False)
    for status, meaning in _MEANINGS.items()
}


def config() -> OpenAPIConfig:
    """What the document says of the whole."""
    return OpenAPIConfig(
        title="API",
        version="1",
        # Litestar's own routes answer HTML where nothing is; out here nobody reaches them, and ``documenting`` serves.
        path="/openapi",
        render_plugins=[JsonRenderPlugin()],
        use_handler_docstrings=True,
        security=[{"key": []}],
        components=Components(security_schemes={"key": SecurityScheme(type="http", scheme="bearer")}),
    )
