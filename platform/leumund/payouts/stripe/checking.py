"""Try a key before it is kept: whose account it opens, and whether it may look at what payouts need."""

from collections.abc import Awaitable, Mapping
from typing import Any

from stripe import StripeClient

from leumund.payouts.stripe import connecting, hearing, keeping
from leumund.payouts.stripe.connecting import Service
from leumund.payouts.stripe.hearing import What
from leumund.payouts.stripe.keeping import BadKey, Theirs
from leumund.payouts.stripe.recipients import NotNow

# By the names Stripe's page of keys has for them, whatever language it is read in.
RIGHTS = (
    "Transfers",
    "Connect Accounts",
    "Customers",
    "Coupons",
    "Promotion Codes",
    "Balance Transactions",
    "PaymentIntents",
    "Invoices",
)


async def check(service: Service, key: str, *, is_twin: bool) -> Theirs:
    """Ask Stripe with ``key``, and change nothing there. Outside any scope. Raises BadKey, NotNow."""
    key = keeping.checked(key, is_twin=is_twin)
    async with connecting.opened(service, key) as client:
        heard = await hearing.hear(client.v1.accounts.retrieve_current_async())
        if heard.code == "key_refused":
            raise BadKey("errors.stripe.unknown_key", field="key")
        if heard.what is not What.DONE:
            raise NotNow("errors.stripe.not_now", field="key")
        missing = [right for right, look in _looks(client).items() if not await _may(look)]
    if missing:
        raise BadKey("errors.stripe.rights", field="key", missing=", ".join(missing))
    return Theirs(account=heard.thing.id, country=heard.thing.country)


def _looks(client: StripeClient) -> Mapping[str, Awaitable[Any]]:
    """What shows each right: the first thing of a list."""
    v1, one = client.v1, {"limit": 1}
    services = (
        v1.transfers,
        v1.accounts,
        v1.customers,
        v1.coupons,
        v1.promotion_codes,
        v1.balance_transactions,
        v1.payment_intents,
        v1.invoices,
    )
    listed: list[Any] = [service.list_async for service in services]
    return {right: look(dict(one)) for right, look in zip(RIGHTS, listed, strict=True)}


async def _may(look: Awaitable[Any]) -> bool:
    """Raises NotNow where there was no answer to tell it by."""
    heard = await hearing.hear(look)
    if heard.what is not What.DONE and heard.code != "key_refused":
        raise NotNow("errors.stripe.not_now", field="key")
    return heard.what is What.DONE
