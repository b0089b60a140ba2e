"""How hard a text is to read: the LIX of Carl-Hugo Björnsson (Läsbarhet, 1968).

LIX is the mean length of a sentence in words, and beside it the share of words of more than six letters in percent. It
counts letters and not syllables, so it is the same measure in German and English; about 40 is a newspaper, 60 a law.
German words are longer, so its limit lies higher. What stands in brackets is left out (citations of the law read
badly in any text), and so are addresses of mailboxes; a line of a list is a sentence.
"""

import re
from collections.abc import Iterator

LIMITS = {"de": 58, "en": 48}
LONGEST_SENTENCE_WORDS = 45
_LONG_LETTERS = 6
_ASIDE = re.compile(r"\([^()]*\)|(?<!\S)\S+@\S+|^#+ .*$", re.M)
_ABBREVIATION = re.compile(r"\b(Art|Abs|Buchst|Nr|Dr|Prof|z|B|u|a|No|St|bzw|ca|Str|Tel)\.\s", re.I)
_END = re.compile(r"[.!?:;]+(?:\s|$)|\n\s*\n|\n(?=- )|\n(?=#)")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def sentences(wording: str) -> list[str]:
    """The sentences of ``wording``, without what is no reading matter."""
    plain = _ABBREVIATION.sub(lambda short: short[1] + " ", _ASIDE.sub(" ", wording))
    return [piece.strip() for piece in _END.split(plain) if len(_words(piece)) > 1]


def lix(wording: str) -> float:
    """The LIX of ``wording``; 0 where it says nothing."""
    said = [_words(sentence) for sentence in sentences(wording)]
    words = [word for sentence in said for word in sentence]
    if not words:
        return 0.0
    long = sum(len(word) > _LONG_LETTERS for word in words)
    return len(words) / len(said) + 100 * long / len(words)


def endless(wording: str) -> Iterator[str]:
    """Sentences nobody reads to their end."""
    return (sentence for sentence in sentences(wording) if len(_words(sentence)) > LONGEST_SENTENCE_WORDS)


def _words(sentence: str) -> list[str]:
    return _WORD.findall(sentence)
