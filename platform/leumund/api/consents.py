"""A company's own form asks for consents: it fetches the words, and tells what was shown and ticked."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta, Struct

from leumund.api import answering, ids
from leumund.api.answering import Key
from leumund.api.describing import PROBLEMS
from leumund.api.reading import Strictly
from leumund.api.shapes import Line, Moment
from leumund.consent.judging import asking
from leumund.consent.texts import publishing
from leumund.consent.texts.publishing import Text
from leumund.customers.changing.choosing import WordingChanged
from leumund.kit.faults import Refused
from leumund.messages.accompanying import capturing
from leumund.messages.accompanying.capturing import Captured
from leumund.theming import looks, rendering

_MOST_TEXTS = 20
_MOST_HTML = 40_000
_SOURCE = "api"
# A shop's clock may go ahead of ours; nothing was shown after it was told.
_CLOCKS_DIFFER = timedelta(minutes=5)
_EXAMPLE = "txt_3f0c9a7d5b1e4c62a8d07f9e6b2c4d1a"
_BLOCK = "consent_block.html"
Tongue = Annotated[str, QueryParameter(max_length=8, description="ISO 639-1")]
TextIds = Annotated[list[Annotated[Line, Meta(examples=[_EXAMPLE])]], Meta(max_length=_MOST_TEXTS)]


class ConsentText(Struct, frozen=True, kw_only=True):
    """One consent as it has to stand beside its box, word for word; ``name`` is what the box is called in ``html``."""

    id: str
    purpose: str
    channels: list[str]
    version: int
    title: str
    wording: str
    name: str


class ConsentForm(Struct, frozen=True, kw_only=True):
    """What may be asked for in one language, and the same as a block of HTML ready to stand in your form."""

    language: str
    consents: list[ConsentText]
    html: str


class NewConsentRequest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a form of yours showed to a customer, and which boxes they ticked: none has to be.

    ``html`` is the block of consents as it was shown, with nothing else in it. ``form_version`` is yours.
    """

    customer: Annotated[Line, Meta(examples=["cus_6d1f0c7e2b9a4f53a1c8e0b7d4f2935c"])]
    offered: Annotated[TextIds, Meta(min_length=1)]
    chosen: TextIds
    url: Annotated[str, Meta(max_length=500, examples=["https://shop.linden.example/checkout"])]
    form_version: Annotated[Line, Meta(examples=["checkout-12"])]
    html: Annotated[str, Meta(min_length=1, max_length=_MOST_HTML, pattern=r"^[^\x00]+$")]
    shown_at: Moment | None = None


class ConsentAsked(Struct, frozen=True, kw_only=True):
    """``asked`` when a mail is on its way with a button that makes the consent count."""

    asked: bool


class NoAddressOfAPage(Refused):
    """Where the form stands is an https address, without anything that could name somebody."""


class ShownLater(Refused):
    """A form that was shown in the future."""


class ConsentController(Controller):
    path = "/consents"
    tags = ("Consents",)
    opt = {"scope": "consents.write"}  # noqa: RUF012

    @get(responses=PROBLEMS, summary="What your form may ask for")
    async def form(self, request: Request[Any, Any, Any], language: Tongue) -> ConsentForm:
        """The words as they are published now. Fetch them when you show the form: only the newest can be ticked."""
        async with answering.reading(request, "language"):
            texts = [
                text for text in await publishing.all_current() if (text.kind, text.language) == ("consent", language)
            ]
        if not texts:
            raise answering.WrongParameter("errors.api.parameter", field="language")
        return ConsentForm(language=language, consents=[_text(text) for text in texts], html=_html(texts, language))

    @post(dto=Strictly[NewConsentRequest], return_dto=None, responses=PROBLEMS, summary="Tell what your form was told")
    async def capture(
        self, request: Request[Any, Any, Any], data: JSONBody[NewConsentRequest], idempotency_key: Key
    ) -> Response[ConsentAsked]:
        """Kept as evidence word for word. What was ticked counts once the person presses the button in our mail."""

        async def deed(at: datetime) -> tuple[int, Struct]:
            return 201, ConsentAsked(asked=await capturing.capture(captured=_captured(data, at), source=_SOURCE, at=at))

        return await answering.once(request, idempotency_key, data, deed)


def _text(text: Text) -> ConsentText:
    return ConsentText(
        id=ids.text(text.id),
        purpose=text.purpose,
        channels=text.channels,
        version=text.version,
        title=text.title,
        wording=text.wording,
        name=asking.box(text.purpose),
    )


def _html(texts: list[Text], language: str) -> str:
    return rendering.render(_BLOCK, look=looks.nobodys(), lang=language, consents=asking.boxes(texts)).strip()


def _captured(data: NewConsentRequest, at: datetime) -> Captured:
    shown_at = data.shown_at or at
    if shown_at > at + _CLOCKS_DIFFER:
        raise ShownLater("errors.consent.shown_later", field="shown_at")
    return Captured(
        customer=ids.customer_from(data.customer),
        offered=_texts(data.offered, "offered"),
        chosen=_texts(data.chosen, "chosen"),
        url=_place(data.url),
        version=data.form_version,
        html=data.html,
        shown_at=min(shown_at, at),
    )


def _texts(named: list[str], field: str) -> list[UUID]:
    try:
        return [ids.text_from(one) for one in named]
    except ValueError:
        raise WordingChanged("errors.consent.offered_changed", field=field) from None


def _place(url: str) -> str:
    """Where the page stands; what follows a question mark could name somebody, and goes. Raises NoAddressOfAPage."""
    try:
        parts = urlsplit(url)
        good = parts.scheme == "https" and bool(parts.hostname) and parts.username is None and url.isprintable()
    except ValueError:
        good = False
    if not good:
        raise NoAddressOfAPage("errors.consent.no_page", field="url")
    return f"https://{parts.netloc}{parts.path}"
