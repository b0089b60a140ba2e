"""The shape of a company's folder: what company.toml may say, key by key."""

from typing import Annotated, Literal

import msgspec

from leumund.consent.rules import Channel
from leumund.files.asking import AskedSurvey, SurveyTexts
from leumund.files.parts import Host, Line, Name, Part
from leumund.files.promising import Program


class Sender(Part, kw_only=True):
    """Who mails come from."""

    name: Name
    email: Name


class Imprint(Part, kw_only=True):
    """What § 5 DDG asks a company to say of itself."""

    street: Name
    postal_code: Name
    city: Name
    country: Name
    represented_by: Name
    email: Name
    phone: Line = ""
    register: Line = ""
    register_number: Line = ""
    vat_id: Line = ""
    supervisory_authority: Line = ""
    responsible: Line = ""


class Theme(Part, kw_only=True):
    """A theme's name and what of it the company tunes."""

    name: Name = "plain"
    tokens: dict[str, Name] = {}


class Survey(Part, kw_only=True):
    """The question everybody knows, in every language of the company: the short form of a survey called ``nps``."""

    key: Literal["nps"] = "nps"
    texts: dict[str, SurveyTexts]


class Consent(Part, kw_only=True):
    """A purpose a person may be asked for: over which channels, about what in each language, how often at most.

    ``frequency_days`` lie between two messages at least, 0 where nothing is promised.
    """

    channels: list[Channel]
    about: dict[str, Line] = {}
    frequency_days: Annotated[int, msgspec.Meta(ge=0, le=3650)] = 0
    profiling: bool = False


class Processor(Part, kw_only=True):
    """Whoever else handles people's data, beside the operator: for the company, or as a recipient of its own."""

    role: Literal["processor", "recipient"]
    name: Name
    address: Line
    country: Name
    what_for: dict[str, Line]
    safeguards: Literal["none_needed", "adequacy", "clauses", "binding_rules"] = "none_needed"


class Company(Part, kw_only=True):
    """The whole of company.toml; the slug, not the folder's name, says which company it is."""

    slug: Name
    name: Name
    legal_name: Name
    languages: list[Name]
    country: Name
    currency: Name
    time_zone: Name
    hosts: list[Host] = []
    sender: Sender
    imprint: Imprint
    theme: Theme = msgspec.field(default_factory=Theme)
    survey: Survey | None = None
    surveys: list[AskedSurvey] = []
    program: Program | None = None
    programs: list[Program] = []
    consents: dict[str, Consent] = {}
    processors: list[Processor] = []

    @property
    def offered(self) -> list[Program]:
        """Its programs, however they are written."""
        return [*([self.program] if self.program else []), *self.programs]


class Wording(msgspec.Struct, frozen=True, kw_only=True):
    """A text of the folder: its first line is the title, and ``wording`` is the template."""

    title: str
    wording: str


class CompanyFolder(msgspec.Struct, frozen=True, kw_only=True):
    """A folder that is right: its company, its texts by (name, language), its logo as SVG."""

    company: Company
    texts: dict[tuple[str, str], Wording]
    logo: str | None

    @property
    def slug(self) -> str:
        return self.company.slug

    @property
    def name(self) -> str:
        return self.company.name

    @property
    def hosts(self) -> list[str]:
        return self.company.hosts
