"""Publish a text once nothing is wrong with it: the one way by which words come before people."""

from datetime import datetime

from leumund.consent.texts import publishing
from leumund.consent.texts.drafting import Draft
from leumund.consent.texts.publishing import Text
from leumund.kit.faults import Refusals
from leumund.privacy.texts import composing, noticing
from leumund.privacy.texts.composing import Composed


async def composed(*, draft: Draft) -> Composed:
    """``draft`` as it would be published now, and what is wrong with it. Raises NotDescribed."""
    return composing.compose(draft, await noticing.sources(language=draft.language))


async def release(*, draft: Draft, at: datetime) -> Text:
    """Publish ``draft``, as a new version where anything has changed. Raises Refusals with every Objection to it."""
    made = await composed(draft=draft)
    if made.objections:
        raise Refusals(made.objections)
    return await publishing.publish(
        kind=draft.kind,
        purpose=draft.purpose,
        channels=draft.told.channels if draft.told else [],
        language=draft.language,
        title=draft.title,
        wording=made.wording,
        data=made.data,
        at=at,
    )
