"""Which deed a job's kind asks for; each is called with the job's subject, inside its company's scope or to open it."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg

from leumund.company import describing
from leumund.consent.evidence import recording
from leumund.customers.segments import evaluating
from leumund.customers.segments.reading import SegmentUnknown
from leumund.events import telling
from leumund.events.carrying import Courier
from leumund.insight import proving as books
from leumund.kit import outside
from leumund.kit.settings import Settings
from leumund.messages import delivering
from leumund.messages.carrying import choosing, signing
from leumund.occasions import forgetting as letting_go
from leumund.occasions import planning, stepping
from leumund.privacy.forgetting import erasing, lapsing
from leumund.programs import inviting
from leumund.referrals import confirming, salting
from leumund.rewards import refunding, releasing, welcoming
from leumund.rewards.purchases import keeping as purchases_kept
from leumund.scoring import keeping as scores
from leumund.scoring import training
from leumund.segmenting import computing, forgetting, refreshing
from leumund.surveys.caring import opening
from leumund.surveys.figures import tallying
from leumund.tenancy.domains import claiming, proving
from leumund.worker import asking, couriers, domains, learning, nightly, purchases, senders, stripe_errands
from leumund.worker.working import Deed, Errand


def deeds(settings: Settings, pool: asyncpg.Pool) -> Mapping[str, Deed | Errand]:
    """Every kind of job there is; over ``pool`` is written what the worker alone may say."""
    carrier = senders.carrier(settings)

    async def send_message(subject: UUID, at: datetime) -> None:
        await delivering.deliver_by(message=subject, meet=carrier.meet, at=at)

    async def release_reward(subject: UUID, at: datetime) -> None:
        await releasing.release(reward=subject, at=at)

    async def invite_to_program(subject: UUID, at: datetime) -> None:
        await inviting.invite(invitation=subject, at=at)

    return {
        "messages.send": send_message,
        "programs.invite": invite_to_program,
        "rewards.release": release_reward,
        **_rewards(),
        signing.KIND: senders.looking_up(settings, carrier),
        choosing.KIND: senders.trying(carrier),
        claiming.KIND: domains.errand(settings, pool, proving.prover(settings)),
        nightly.KIND: nightly.tidy,
        salting.KIND: _end_day,
        telling.KIND: couriers.errand(Courier(outside.resolver(settings.name_servers()))),
        **stripe_errands.errands(settings),
        books.KIND: nightly.prove,
        **_forgetting(),
        **_surveys(),
        **_scoring(),
        **_segmenting(),
        **_occasions(),
    }


async def _end_day(_: UUID, at: datetime) -> None:
    zone = ZoneInfo((await describing.profile()).time_zone)
    await salting.end(before_date=at.astimezone(zone).date())


def _rewards() -> Mapping[str, Deed | Errand]:
    async def welcome(subject: UUID, at: datetime) -> None:
        await welcoming.welcome(referral=subject, at=at)

    async def look_again(subject: UUID, at: datetime) -> None:
        await refunding.look_again(refund=subject, at=at)

    return {confirming.WELCOME: welcome, refunding.CATCH_UP: look_again, purchases_kept.KIND: purchases.ERRAND}


def _forgetting() -> Mapping[str, Deed | Errand]:
    async def finish(subject: UUID, at: datetime) -> None:
        await erasing.finish(customer=subject, at=at)

    async def lapse(subject: UUID, at: datetime) -> None:
        await lapsing.lapse(customer=subject, at=at)

    return {erasing.KIND: finish, lapsing.KIND: lapse}


def _surveys() -> Mapping[str, Deed | Errand]:
    async def look_after(subject: UUID, at: datetime) -> None:
        await opening.open(answer=subject, at=at)

    async def tally(_: UUID, at: datetime) -> None:
        await tallying.tally(time_zone=(await describing.profile()).time_zone, at=at)

    return {opening.KIND: look_after, tallying.KIND: tally, **asking.DEEDS}


def _scoring() -> Mapping[str, Deed | Errand]:
    async def go_on(subject: UUID, at: datetime) -> None:
        await scores.go_on(after=subject, at=at)

    async def score(subject: UUID, at: datetime) -> None:
        await scores.score(people=[subject], at=at)
        await forgetting.forget(customer=subject)
        await letting_go.forget(customer=subject, at=at)

    async def score_anew(subject: UUID, at: datetime) -> None:
        await scores.score(people=[subject], at=at)

    return {
        scores.KIND: go_on,
        recording.PROFILE_DECIDED: score,
        evaluating.TOLD: score_anew,
        training.KIND: Errand(learning.learn),
    }


def _segmenting() -> Mapping[str, Deed | Errand]:
    async def refresh(_: UUID, at: datetime) -> None:
        await refreshing.refresh(at=at)

    async def compute(subject: UUID, at: datetime) -> None:
        # One that ended meanwhile has nobody in it.
        with suppress(SegmentUnknown):
            await computing.compute(segment=subject, at=at)

    return {refreshing.KIND: refresh, computing.KIND: compute}


def _occasions() -> Mapping[str, Deed | Errand]:
    async def plan(subject: UUID, at: datetime) -> None:
        await planning.plan(occasion=subject, at=at)

    async def step(subject: UUID, at: datetime) -> None:
        await stepping.step(run=subject, at=at)

    return {planning.KIND: plan, stepping.KIND: step}
