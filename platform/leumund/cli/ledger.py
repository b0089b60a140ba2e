"""``leumund ledger``: whether companies' books are right."""

from collections.abc import Sequence
from typing import Annotated

import typer

from leumund.cli import opening
from leumund.insight import proving
from leumund.kit import actors, clock, language
from leumund.ledger.verifying import Fault, Verdict
from leumund.tenancy.deployment import Deployment
from leumund.tenancy.directory import Tenant

_FINDING = 1


def verify(
    slug: Annotated[str, typer.Argument()] = "",
    everyone: Annotated[bool, typer.Option("--all", help="Every open company's.")] = False,
    lang: Annotated[str, typer.Option("--lang", help="de or en.")] = "en",
) -> None:
    """Look at a company's books: the chain, both sides, every account, closed days, rewards and payouts.

    Ends with 1 for any finding, and notes in the company's log that somebody looked. Keep the last hash of each
    elsewhere: whoever puts an older database in place of this one has an older one.
    """
    if bool(slug) == everyone:
        opening.stop("name one company, or --all")
    if lang not in language.LANGUAGES:
        opening.stop(f"say it in one of {', '.join(language.LANGUAGES)}")

    async def check(deployment: Deployment) -> int:
        return await proven(deployment, await opening.meant(deployment, [slug] if slug else []), lang=lang)

    if opening.inside_deployment(check):
        raise typer.Exit(_FINDING)


async def proven(deployment: Deployment, tenants: Sequence[Tenant], *, lang: str = "en") -> int:
    """Verify the books of each of ``tenants`` as its own role, say what was found, and count it."""
    found = 0
    for tenant in tenants:
        async with deployment.scopes.inside(tenant):
            verdict = await proving.prove(at=clock.now(), actor=actors.COMMAND_LINE)
        for line in _lines(tenant, verdict, lang):
            typer.echo(line)
        found += len(verdict.faults)
    return found


def _lines(tenant: Tenant, verdict: Verdict, lang: str) -> list[str]:
    told = language.text(
        "ledger.verify.told",
        lang,
        company=tenant.slug,
        postings=verdict.postings,
        accounts=verdict.accounts,
        waiting=verdict.waiting,
        faults=len(verdict.faults),
        ends=verdict.chain_hash or "-",
    )
    sums = [
        "    " + language.text("ledger.verify.sum", lang, currency=currency, cents=cents)
        for currency, cents in verdict.sums.items()
    ]
    found = [f"    {_found(each, lang)}" for each in verdict.faults]
    return [told, *sums, *found]


def _found(fault: Fault, lang: str) -> str:
    what = language.text(f"ledger.fault.{fault.kind}", lang)
    return f"{what} {fault.which}".rstrip()
