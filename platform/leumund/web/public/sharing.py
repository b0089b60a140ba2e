"""A link to give away, and the ways a person's own device sends it; we send nothing to anybody's friends."""

from urllib.parse import quote, urlencode

from leumund.kit import language as languages
from leumund.programs.offering import Offer
from leumund.web.public import offers


def ways(offer: Offer, *, link: str, company: str, language: str) -> dict[str, str]:
    """The words to share, which say that a reward is given for it, and addresses that open mail and WhatsApp."""
    words = offer.text("share_text", language) or _words(offer, company, language)
    whole = f"{words}\n{link}"
    letter = {"subject": languages.text("offers.share.subject", language, company=company), "body": whole}
    return {
        "text": words,
        # A mailto address takes %20 and no plus (RFC 6068).
        "mailto": f"mailto:?{urlencode(letter, quote_via=quote)}",
        "whatsapp": f"https://wa.me/?text={quote(whole)}",
    }


def _words(offer: Offer, company: str, language: str) -> str:
    promise = offers.promised(offer, side="advocate", language=language)
    if promise is None:
        return languages.text("offers.share.text_plain", language, company=company)
    return languages.text("offers.share.text", language, company=company, reward=promise.whole)
