"""Whether a domain is another company's already, or one reads it as such."""

from leumund.kit.faults import Refused
from leumund.tenancy.directory import Directory
from leumund.tenancy.domains import lookalikes
from leumund.tenancy.domains.naming import LooksAlike

_KIN = """
SELECT c.name FROM hosting.claim c
WHERE c.skeleton = $1 AND c.verified_at IS NOT NULL AND c.company_role <> $2 ORDER BY c.name
"""
_WWW = "www."


class Taken(Refused):
    """Another company has proven it, or the name with or without ``www.`` in front."""


async def refuse_others(directory: Directory, *, name: str, company_role: str) -> None:
    """Nothing, when ``name`` is free for this company. Raises Taken and LooksAlike.

    Only what is proven counts, and the database holds the same at the moment of proof; here it is said early.
    """
    kin = {row["name"] for row in await directory.pool.fetch(_KIN, lookalikes.skeleton(name), company_role)}
    if not kin:
        return
    if name.removeprefix(_WWW) in {each.removeprefix(_WWW) for each in kin}:
        raise Taken("errors.domains.taken", field="name")
    raise LooksAlike("errors.domains.like_other", field="name")
