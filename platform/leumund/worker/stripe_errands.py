"""What is asked of Stripe's servers: each an errand, since they may take their time."""

from collections.abc import Mapping

from leumund.kit.settings import Settings
from leumund.payouts import submitting
from leumund.payouts.stripe import carrying, connecting
from leumund.worker import paying
from leumund.worker.working import Errand


def errands(settings: Settings) -> Mapping[str, Errand]:
    """Payouts leave over Stripe."""
    service = connecting.service(settings.stripe_url)
    return {submitting.KIND: paying.errand(carrying.carriers(service))}
