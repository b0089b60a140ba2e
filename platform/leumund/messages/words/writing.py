"""Write a mail: headers that cannot be broken into, a plain part, and an HTML part in the company's colours."""

from datetime import datetime
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime
from uuid import UUID

import msgspec

from leumund.company import describing, rules
from leumund.company.describing import Profile
from leumund.kit import ground, language
from leumund.messages import recipients
from leumund.messages.kinds import KINDS
from leumund.messages.listing import MessageUnknown
from leumund.messages.tables import Message
from leumund.messages.words import framing, letters, linting, penning, wording
from leumund.messages.words.letters import Draft, Letter, Words

# Where all links of a mail lead that is only looked at.
NOWHERE = "#"


class Written(msgspec.Struct, frozen=True):
    """A mail ready to go; ``text`` is the version of the company's words in it, None for ours."""

    mail: EmailMessage
    text: UUID | None


class Shown(msgspec.Struct, frozen=True):
    """A mail to look at."""

    subject: str
    html: str
    text: str


class Whole(msgspec.Struct, frozen=True):
    """A mail with all that is in it, and the address it would go to, empty where nobody has one any more."""

    shown: Shown
    to: str


class _OneLine(UnstructuredHeader):
    """A header that is one long address: folded, or made of encoded words, some readers no longer recognise it."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"  # type: ignore[attr-defined]  # the registry mixes it with BaseHeader


_HEADERS = HeaderRegistry()
for _name in ("list-unsubscribe", "message-id"):
    _HEADERS.map_to_type(_name, _OneLine)  # type: ignore[arg-type]  # the stubs want that mixture beforehand
_POLICY = SMTP.clone(header_factory=_HEADERS)


async def write(*, message: Message, to: str, name: str, at: datetime) -> Written:
    """The mail of ``message`` to the address ``to`` of a person called ``name``, as of ``at``.

    A test is marked as one, and its links lead to where its words are changed. Raises filling.Unfillable.
    """
    draft, letter = await _composed(message, name)
    mail = _headed(message, letter, draft.profile, at)
    mail["To"] = Address(addr_spec=to)
    mail.set_content(framing.text(letter), cte="quoted-printable")
    html = framing.html(letter, worn=draft.profile.worn)
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    # Only now: making a mail of two parts moves its content headers into the first.
    mail["Content-Language"] = letter.language
    return Written(mail, draft.words.id if draft.words else None)


async def show_whole(*, message: UUID) -> Whole:
    """A mail of a test company as it is to whom it is for: links and codes are good, and open what they say.

    Raises MessageUnknown, in every other company for every mail: there they would be somebody's consent, or their way
    in. Raises filling.Unfillable.
    """
    row = await Message.objects().get(Message.id == message) if ground.current().is_twin else None
    if row is None:
        raise MessageUnknown("errors.messages.unknown")
    recipient = await recipients.find(message=message)
    draft, letter = await _composed(row, recipient.name)
    shown = Shown(letter.subject, framing.html(letter, worn=draft.profile.worn), framing.text(letter))
    return Whole(shown, recipient.email or "")


async def show(*, message: Message, name: str, words: Words | None = None) -> Shown:
    """The mail as it would be written now, in ``words`` that may not be anybody's yet; its links lead nowhere.

    Raises filling.Unfillable.
    """
    draft = msgspec.structs.replace(await _draft(message, name), leads_to=NOWHERE)
    if words is not None:
        draft = msgspec.structs.replace(draft, words=words)
    letter = letters.compose(draft)
    return Shown(letter.subject, framing.html(letter, worn=draft.profile.worn), framing.text(letter))


async def show_again(*, message: UUID, name: str) -> Shown:
    """The mail of an existing ``message`` as ``show`` makes it, in the words it went out with where it has gone out."""
    row = await Message.objects().get(Message.id == message)
    assert row is not None, "found by who asks"
    return await show(message=row, name=name)


async def _composed(message: Message, name: str) -> tuple[Draft, Letter]:
    """A test's links lead to where its words are changed, and it is marked as one."""
    draft = await _draft(message, name)
    if message.test:
        page = draft.form.written_at or f"/console/messages/texts/{message.kind}/{draft.language}"
        place = f"{ground.current().origin}{page}"
        draft = msgspec.structs.replace(draft, leads_to=place)
    letter = letters.compose(draft)
    if draft.words is not None and not draft.form.written:
        said = (letter.subject, *letter.paragraphs)
        linting.require_still_fit(kind=message.kind, said=said, values=letters.values(draft))
    return draft, _marked(letter) if message.test else letter


async def _draft(message: Message, name: str) -> Draft:
    profile = await describing.profile()
    lang = _language(message.language, profile)
    form = KINDS[message.kind]
    words = await (penning.words_of(message=message) if form.written else wording.of(message=message, language=lang))
    return Draft(message=message, name=name, language=lang, profile=profile, words=words)


def _marked(letter: Letter) -> Letter:
    subject = language.text("mail.test.subject", letter.language, subject=letter.subject)
    note = language.text("mail.test.note", letter.language)
    return msgspec.structs.replace(letter, subject=subject, note=note)


def _headed(message: Message, letter: Letter, profile: Profile, at: datetime) -> EmailMessage:
    mail = EmailMessage(policy=_POLICY)
    mail["Subject"] = letter.subject
    mail["From"] = Address(display_name=letters.one_line(profile.sender_name), addr_spec=profile.sender_email)
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = message.message_id
    if not KINDS[message.kind].written:
        mail["Auto-Submitted"] = "auto-generated"
    elif answers := profile.imprint.get("email"):
        # Whoever answers a person writes to people.
        mail["Reply-To"] = Address(addr_spec=answers)
    if message.purpose:
        mail["List-Unsubscribe"] = f"<{letters.one_click(message.id)}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return mail


def _language(wanted: str, profile: Profile) -> str:
    spoken = [each for each in profile.languages if each in language.LANGUAGES] or [*language.LANGUAGES]
    return rules.language_for(wanted, spoken=spoken)
