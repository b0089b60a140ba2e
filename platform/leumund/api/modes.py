"""Each answer says whether it is meant: live, or of a company in which things are tried out."""

from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

from leumund.tenancy.arriving import is_company, tenant_of

HEADER = "Leumund-Mode"


async def tell(message: Message, scope: Scope) -> None:
    """Put HEADER on an answer of a company's: ``live`` or ``test``."""
    if message["type"] == "http.response.start" and is_company(scope):
        MutableScopeHeaders(message)[HEADER] = "test" if tenant_of(scope).is_twin else "live"
