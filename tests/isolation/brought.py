"""Purchases in files at a company of two: a file whose only row was refused, and one that waits."""

from datetime import datetime

from tests.rooms import brought


async def leave(mark: str, *, email: str, at: datetime) -> None:
    """Each row names the customer with ``email`` and an order that is called ``mark``."""
    refused = await brought.keep(f";{email};{mark}-1;nichts;23.11.2026", at=at)
    await brought.take(refused, at=at)
    await brought.keep(f";{email};{mark}-2;7,00;23.11.2026", at=at)
