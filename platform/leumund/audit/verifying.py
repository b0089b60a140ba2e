"""Verify the log: every entry stands where the chain has it, unchanged, and the chain ends where its head says."""

from leumund.audit.chaining import LOG
from leumund.kit import verifying
from leumund.kit.verifying import Verdict


async def verify() -> Verdict:
    """Look at every entry of this company's log."""
    return await verifying.verify(LOG)
