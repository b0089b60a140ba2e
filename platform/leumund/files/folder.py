"""The shape of a company's folder: what company.toml may say, key by key."""

from typing import Annotated, Literal

import msgspec

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=20_000)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
Cents = Annotated[int, msgspec.Meta(gt=0, le=100_000_000)]


class Part(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A table of company.toml; a key that is not named here is a fault."""


class Sender(Part, kw_only=True):
    """Who mails come from."""

    name: Name
    email: str


class Imprint(Part, kw_only=True):
    """What § 5 DDG asks a company to say of itself."""

    street: Name
    postal_code: Name
    city: Name
    country: Name
    represented_by: Name
    email: str
    phone: str = ""
    register: str = ""
    register_number: str = ""
    vat_id: str = ""
    supervisory_authority: str = ""
    responsible: str = ""


class Theme(Part, kw_only=True):
    """A theme's name and what of it the company tunes."""

    name: str = "plain"
    tokens: dict[str, str] = {}


class SurveyTexts(Part, kw_only=True):
    """One language of the survey."""

    question: Text
    followup: Text


class Survey(Part, kw_only=True):
    """The question, in every language of the company."""

    key: Annotated[str, msgspec.Meta(pattern="^[a-z0-9-]+$")] = "nps"
    texts: dict[str, SurveyTexts]


class ProgramTexts(Part, kw_only=True):
    """One language of the program."""

    headline: Text
    text: Text
    share_text: Text


class Reward(Part, kw_only=True):
    """What one side gets."""

    side: Literal["advocate", "friend"]
    kind: Literal["cash", "credit", "voucher"]
    cents: Cents
    minimum_order_cents: Annotated[int, msgspec.Meta(ge=0)] = 0


class Program(Part, kw_only=True):
    """What the company offers."""

    key: Annotated[str, msgspec.Meta(pattern="^[a-z0-9-]+$")]
    state: Literal["draft", "live", "paused", "ended"]
    budget_cents: Annotated[int, msgspec.Meta(ge=0)]
    hold_days: Annotated[int, msgspec.Meta(ge=0, le=365)]
    review_above_cents: Cents | None = None
    texts: dict[str, ProgramTexts]
    rewards: list[Reward]


class Consent(Part, kw_only=True):
    """A purpose a person may be asked for, and over which channels."""

    channels: list[Literal["email", "phone", "post", "sms"]]


class Company(Part, kw_only=True):
    """The whole of company.toml."""

    name: Name
    legal_name: Name
    languages: list[str]
    country: str
    currency: str
    time_zone: str
    hosts: list[str] = []
    sender: Sender
    imprint: Imprint
    theme: Theme = msgspec.field(default_factory=Theme)
    survey: Survey
    program: Program
    consents: dict[str, Consent] = {}


class Wording(msgspec.Struct, frozen=True, kw_only=True):
    """A text of the folder: its first line is the title."""

    title: str
    wording: str


class CompanyFolder(msgspec.Struct, frozen=True, kw_only=True):
    """A folder that is right: its company, its texts by (name, language), its logo as SVG."""

    slug: str
    company: Company
    texts: dict[tuple[str, str], Wording]
    logo: str | None

    @property
    def name(self) -> str:
        return self.company.name

    @property
    def hosts(self) -> list[str]:
        return self.company.hosts
