"""Accept a recommendation: the friend signs up, and the referral waits for the button behind the mail's link.

Nobody learns here whether an address is known: whoever asks is told that a mail is on its way where one makes sense.
"""

from datetime import datetime
from uuid import UUID, uuid4

from leumund.consent.giving import requesting
from leumund.customers.notation import normalising
from leumund.customers.records import finding as people
from leumund.customers.records import registering
from leumund.customers.records.registering import Record
from leumund.kit import ground
from leumund.kit.tokens import BadToken
from leumund.messages import sending
from leumund.messages.gate import pacing
from leumund.programs import joining
from leumund.referrals import finding, stamping
from leumund.referrals.signs import looking
from leumund.referrals.stamping import Click
from leumund.referrals.tables import Referral

SOURCE = "referral"


class Form(joining.Form, frozen=True, kw_only=True):
    """What the friend filled in, and who they are; ``click`` is the token of the click that led them here, or empty."""

    email: str
    given_name: str
    family_name: str
    click: str = ""


async def accept(*, code: str, form: Form, at: datetime) -> UUID | None:
    """Sign the friend up for what ``code`` offers; returns the request the mail confirms.

    None when the person is known here already (the advocate too): new customers only, and no second advocate for one
    friend; and when their mailbox got as many of our mails as anybody may have sent to it. Raises UnknownCode, and what
    registering refuses.
    """
    shared = await finding.look_up(code=code, at=at)
    record = Record(email=form.email, given_name=form.given_name, family_name=form.family_name, language=form.language)
    email = registering.normal(record, at=at).email
    assert email is not None, "the form requires it"
    # Counted whoever it is, so that a customer's address takes as long as a stranger's.
    if not await pacing.may_check(mailbox=normalising.folded(email), at=at):
        return None
    friend = await people.by_email(email=email)
    if friend is None:
        friend_id = (await registering.register(record=record, source=SOURCE, stage="lead", at=at)).id
    elif friend.stage == "lead" and friend.id != shared.advocate and not await _is_taken(friend.id):
        friend_id = friend.id
    else:
        return None
    request = await requesting.request(customer=friend_id, email=email, offered=form.offered(source=SOURCE), at=at)
    referral = await _attribute(shared, friend_id, request, form, at)
    peer = str(form.evidence.get("peer", ""))
    await looking.note_network(referral=referral, advocate=shared.advocate, friend=friend_id, peer=peer, at=at)
    await sending.queue(kind="opt_in", customer=friend_id, subject_id=request, language=form.language, at=at)
    return request


async def _is_taken(friend: UUID) -> bool:
    """Whether somebody's recommendation of them is confirmed."""
    return bool(await ground.fetch("SELECT FROM referral WHERE friend = $1 AND confirmed_at IS NOT NULL", friend))


async def _attribute(shared: finding.Shared, friend: UUID, request: UUID, form: Form, at: datetime) -> UUID:
    """Each sign-up is a referral of its own until one is confirmed, so nobody can slip in between mail and button."""
    made, click = uuid4(), _click(shared, form, at)
    await Referral.insert(
        Referral(
            id=made,
            program=shared.offer.id,
            version=shared.offer.version.id,
            link=shared.link,
            advocate=shared.advocate,
            friend=friend,
            request=request,
            terms=form.terms,
            state="attributed",
            clicked_at=click.at if click else None,
            campaign=click.campaign if click else "",
            attributed_at=at,
        )
    )
    return made


def _click(shared: finding.Shared, form: Form, at: datetime) -> Click | None:
    """The click on this very link, not long ago; without one a sign-up counts as much."""
    try:
        click = stamping.read(token=form.click, within=stamping.FORM, at=at)
    except BadToken:
        return None
    return click if click.link == shared.link else None
