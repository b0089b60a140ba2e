"""The advocate score: on real answers and at companies whose truth is known."""

from leumund.demo.staging import Stage
from leumund.tenancy.directory import Tenant
from tests.bench import scoring_guests, scoring_simulated


async def measure(stage: Stage, linden: Tenant) -> None:
    """Print both."""
    scoring_guests.measure()
    scoring_simulated.measure()
