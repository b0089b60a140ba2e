"""A consent to sign on paper (Art. 7(2) GDPR): its exact words in a frame of their own, and boxes nobody ticked.

It names the version and its fingerprint, so that whoever enters the signed paper can show what was agreed to.
"""

from datetime import datetime

from leumund.consent.texts.publishing import Text
from leumund.kit import language
from leumund.kit.sheets import Prose, Quote, Section, Sheet

_BOX = "☐"
_LINE = "_" * 60
# An empty line to write above.
_ROOM = "\N{NO-BREAK SPACE}"
_SIGNED = ("name", "address", "place", "signature")


def sheet(text: Text, *, controller: str, at: datetime) -> Sheet:
    """The form of one version of a consent, in its own language, for ``controller``, who it is given to."""
    assert text.channels, "nobody signs what nobody is asked for"

    def said(name: str, **values: object) -> str:
        return language.text(f"paper.{name}", text.language, **values)

    boxes = [f"{_BOX} {language.text(f'console.channel.{channel}', text.language)}" for channel in text.channels]
    return Sheet(
        title=said("title"),
        language=text.language,
        issuer=controller,
        at=at,
        lead=said("lead", company=controller),
        sections=[
            Section(
                said("declaration"), [Quote(text.title, text.wording, text.language), Prose([said("tick"), *boxes])]
            ),
            Section(said("signed"), [Prose([line for name in _SIGNED for line in (_ROOM, _LINE, said(name))])]),
        ],
        foot=said("foot", version=text.version, hash=text.sha256),
    )
