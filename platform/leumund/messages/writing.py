"""Write a mail: headers that cannot be broken into, a plain part, and an HTML part in the company's colours.

Nothing is loaded from elsewhere and nothing tells us that a mail was read.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from email.headerregistry import Address, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from leumund.company import describing, rules
from leumund.company.describing import Profile
from leumund.kit import language
from leumund.messages import letters
from leumund.messages.letters import Letter
from leumund.messages.tables import Message

_COLOUR = re.compile(r"#[0-9a-f]{6}", re.ASCII | re.IGNORECASE)
# For a company whose folder was never applied.
_COLOURS = {"color-brand": "#1f3a5f", "color-brand-ink": "#ffffff", "color-paper": "#ffffff", "color-ink": "#1c1c1c"}


class _OneLine(UnstructuredHeader):
    """A header that is one long address: folded, or made of encoded words, some readers no longer recognise it."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"  # type: ignore[attr-defined]  # the registry mixes it with BaseHeader


_HEADERS = HeaderRegistry()
for _name in ("list-unsubscribe", "message-id"):
    _HEADERS.map_to_type(_name, _OneLine)  # type: ignore[arg-type]  # the stubs want that mixture beforehand
_POLICY = SMTP.clone(header_factory=_HEADERS)


async def write(*, message: Message, to: str, name: str, at: datetime) -> EmailMessage:
    """The mail of ``message`` to the address ``to`` of a person called ``name``, as of ``at``."""
    profile = await describing.profile()
    letter = letters.compose(message=message, name=name, lang=_language(message.language, profile), profile=profile)
    mail = _headed(message, letter, profile, at)
    mail["To"] = Address(addr_spec=to)
    mail.set_content(render("mail.txt", letter, profile), cte="quoted-printable")
    mail.add_alternative(render("mail.html", letter, profile), subtype="html", cte="quoted-printable")
    # Only now: making a mail of two parts moves its content headers into the first.
    mail["Content-Language"] = letter.language
    return mail


def render(template: str, letter: Letter, profile: Profile) -> str:
    """One of the two templates, filled."""
    return _templates().get_template(template).render(letter=letter, colours=_colours(profile.worn))


def _headed(message: Message, letter: Letter, profile: Profile, at: datetime) -> EmailMessage:
    mail = EmailMessage(policy=_POLICY)
    mail["Subject"] = _one_line(letter.subject)
    mail["From"] = Address(display_name=_one_line(profile.sender_name), addr_spec=profile.sender_email)
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = message.message_id
    mail["Auto-Submitted"] = "auto-generated"
    if message.purpose:
        mail["List-Unsubscribe"] = f"<{letters.one_click(message.id)}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return mail


def _language(wanted: str, profile: Profile) -> str:
    spoken = [each for each in profile.languages if each in language.LANGUAGES] or [*language.LANGUAGES]
    return rules.language_for(wanted, spoken=spoken)


def _one_line(text: str) -> str:
    # A line break in a header starts a header of somebody else's choice.
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _colours(worn: Mapping[str, str]) -> dict[str, str]:
    chosen = {name: worn.get(name, "") for name in _COLOURS}
    return {
        name.removeprefix("color-").replace("-", "_"): colour if _COLOUR.fullmatch(colour) else _COLOURS[name]
        for name, colour in chosen.items()
    }


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("leumund.messages"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
