"""Names as people type them: which words one consists of, and in which spellings each is looked for."""

import re
from unicodedata import combining, normalize

# A letter that two ways of writing replace: by two letters as on an old keyboard, or by the plain one.
_WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "æ": "ae", "œ": "oe"})
_PLAIN = str.maketrans({"ø": "o", "æ": "a", "œ": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
# O'Neil is one word however the apostrophe is typed, Anna-Lena two. The dot is what folding leaves of a Turkish I.
_WITHIN = re.compile("['’‘`´ʼ\u0307]")
_BETWEEN = re.compile(r"[\W_]+")


def words(text: str) -> list[str]:
    """Each word of ``text`` once, as it is looked for: lower-case, umlauts written out, without accents."""
    return list(dict.fromkeys(_written_out(word) for word in _split(text)))


def spellings(name: str) -> set[str]:
    """Each word of ``name`` as it is found: as ``words`` says it, and with umlauts as their plain letters."""
    split = _split(name)
    return {*map(_written_out, split), *map(_unaccented, split)}


def _split(text: str) -> list[str]:
    # Case is folded first: it makes ss of a sharp s, and small letters of those that have signs of their own.
    folded = normalize("NFC", _WITHIN.sub("", text.casefold()))
    return [word for word in _BETWEEN.split(folded) if word]


def _written_out(word: str) -> str:
    return word if word.isascii() else _unaccented(word.translate(_WRITTEN_OUT))


def _unaccented(word: str) -> str:
    if word.isascii():
        return word
    parts = normalize("NFKD", word.translate(_PLAIN))
    return "".join(letter for letter in parts if not combining(letter))
