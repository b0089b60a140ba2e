"""Try a mail out: it goes to whoever asks for it, at their own address, marked as a test, and to nobody else."""

from datetime import datetime
from uuid import UUID

from leumund.kit import faults, outbox
from leumund.messages.gate import pacing
from leumund.messages.tables import Message
from leumund.messages.words import sampling, wording
from leumund.messages.words.letters import Words


class TooManyTests(faults.Refused):
    """Whoever asks had as many as they may for now."""


async def try_out(*, kind: str, language: str, words: Words, member: UUID, at: datetime) -> UUID:
    """Queue the mail of ``kind`` in ``words`` to ``member``; returns the message's id.

    Raises wording.NotOurs, faults.Refusals, TooManyTests.
    """
    await wording.require_fit(kind=kind, language=language, words=words)
    if not await pacing.may_test(member=member, at=at):
        raise TooManyTests("errors.messages.tests")
    message = sampling.message(kind=kind, language=language, at=at)
    message.member, message.test = member, True
    message.text = await wording.keep(kind=kind, language=language, words=words, by=member, at=at)
    await Message.insert(message)
    await outbox.enqueue(kind="messages.send", subject=message.id, due_at=at)
    return message.id
