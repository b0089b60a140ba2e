"""What is asked of Stripe's servers: each an errand, since they may take their time."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from leumund.kit.settings import Settings
from leumund.payouts import submitting
from leumund.payouts.stripe import carrying, connecting, following, receiving, reconciling
from leumund.payouts.stripe.asking import Line
from leumund.worker import paying
from leumund.worker.working import Errand, Inside


def errands(settings: Settings) -> Mapping[str, Errand]:
    """Payouts leave over Stripe, and what it told is followed; both books are compared by night."""
    service = connecting.service(settings.stripe_url)

    async def follow(inside: Inside, event: UUID, at: datetime) -> None:
        await following.follow(Line(service, inside), event, at)

    async def compare(inside: Inside, _: UUID, at: datetime) -> None:
        await reconciling.reconcile(Line(service, inside), at)

    return {
        submitting.KIND: paying.errand(carrying.carriers(service)),
        receiving.KIND: Errand(follow),
        reconciling.KIND: Errand(compare),
    }
