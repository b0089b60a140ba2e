"""``/console/ledger``: what the program's money is doing, at a date, and each posting with what it was for."""

from datetime import date, datetime, time, timedelta
from typing import Any

from litestar import Controller, Request, Response, get

from leumund.insight import bookkeeping, proving
from leumund.kit import clock
from leumund.ledger import balancing, listing
from leumund.ledger.balancing import Flow
from leumund.ledger.listing import Sought
from leumund.programs import offering
from leumund.web import paging, saying
from leumund.web.console import entering, naming
from leumund.web.saying import Saying

_RIGHT = "ledger.see"
# In the order in which money goes through them.
KINDS = (
    *("program_budget", "reward_pending", "reward_available", "payout_in_transit", "paid_out", "clawback", "expired"),
)


class LedgerController(Controller):
    """The books at first sight, and the postings behind each figure."""

    path = "/ledger"

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        """As they stood at the end of a day, or stand now: three queries, however many postings there are."""
        who, say = await entering.member(request, _RIGHT), await saying.here(request)
        day = say.dated(paging.asked(request, "at"))
        async with entering.reading(request):
            flows = await balancing.flows(at=_end(day, say))
            offers = {offer.id: offer for offer in await offering.all_offers()}
            watched = await proving.newest(at=clock.now())
        balances = balancing.balances(flows)
        return await entering.page(
            request,
            who,
            "console_ledger.html",
            say=say,
            books=_books(flows, balances),
            costs=bookkeeping.costs(flows),
            offers=offers,
            named={each.id: each.text("headline", say.lang) or each.key for each in offers.values()},
            totals=balancing.summed(balances),
            watched=watched,
            at=day.isoformat() if day else "",
        )

    @get("/postings")
    async def browse(self, request: Request[Any, Any, Any]) -> Response[str]:
        """Postings, newest first, page by page, with whom each concerned: three queries."""
        who, say = await entering.member(request, _RIGHT), await saying.here(request)
        kind, program = naming.chosen(request, "account", KINDS), paging.asked(request, "program")
        since, until = (say.dated(paging.asked(request, name)) for name in ("from", "until"))
        async with entering.reading(request):
            offers = {offer.key: offer for offer in await offering.all_offers()}
            sought = Sought(
                kind=kind,
                owner=offers[program].id if program in offers else None,
                since=_begin(since, say),
                before=_end(until, say),
            )
            page = await listing.page(sought=sought, after=paging.after(request))
            entries = await bookkeeping.entries(lines=page.rows)
        return await entering.page(
            request,
            who,
            "console_ledger_postings.html",
            say=say,
            entries=entries,
            keys={offer.id: key for key, offer in offers.items()},
            ways=paging.onward(request, page),
            kinds=KINDS,
            values={
                "account": kind,
                "program": program if program in offers else "",
                "from": since.isoformat() if since else "",
                "until": until.isoformat() if until else "",
            },
        )


def _books(flows: list[Flow], balances: list[balancing.Balance]) -> dict[str, list[dict[str, Any]]]:
    """By currency a line for each kind of account: what it got, what it gave, and what it holds."""
    held = {(each.currency, each.kind): each.cents for each in balances}
    currencies = sorted({currency for currency, _ in held})
    return {
        currency: [_line(currency, kind, flows, held) for kind in KINDS if (currency, kind) in held]
        for currency in currencies
    }


def _line(currency: str, kind: str, flows: list[Flow], held: dict[tuple[str, str], int]) -> dict[str, Any]:
    ours = [flow for flow in flows if flow.currency == currency]
    return {
        "kind": kind,
        "got": sum(flow.cents for flow in ours if flow.credit_kind == kind),
        "gave": sum(flow.cents for flow in ours if flow.debit_kind == kind),
        "cents": held[currency, kind],
    }


def _begin(day: date | None, say: Saying) -> datetime | None:
    return datetime.combine(day, time(), say.zone) if day else None


def _end(day: date | None, say: Saying) -> datetime | None:
    """The moment the day is over by the company's clocks."""
    return datetime.combine(day + timedelta(days=1), time(), say.zone) if day else None
