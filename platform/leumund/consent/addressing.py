"""Find an address again without keeping it: keyed hashes that say nothing in any other company."""

from leumund.kit import sealing


def hashed(email: str) -> str:
    """The hash of a whole address: what evidence names and what stops all purposes."""
    return sealing.keyed_hash("address", email.strip().lower())


def hashed_for(address_hash: str, purpose: str) -> str:
    """The hash of an address for one purpose alone; made from its hash, so that no address is needed later."""
    return sealing.keyed_hash("address for purpose", f"{address_hash} {purpose}")
