"""What the eye takes for the same name: a skeleton that is equal for names one reads alike.

After UTS #39 (Unicode Security Mechanisms), cut down to what registries let into domains: letters of other scripts that
look like Latin ones, accents, and the pairs and digits one takes for a letter. Umlauts and every other diaeresis stay,
for Müller is not Muller to anybody who reads German.
"""

from unicodedata import combining, normalize

import idna

# Cyrillic, Greek, Armenian and Latin letters beside the Latin one they are drawn like.
_DRAWN_LIKE = {
    "a": "аαɑ", "b": "ьβƅ", "c": "сϲ", "d": "ԁɗ", "e": "еҽɛεє", "f": "ƒք", "g": "ɡցɠ", "h": "һհ", "i": "іıɩι",
    "j": "јյ", "k": "кκ", "l": "ǀӏ", "m": "м", "n": "пηոռ", "o": "оοօσөø", "p": "рρ", "q": "ԛգզ", "r": "гᴦ", "s": "ѕʂ",
    "t": "тτ", "u": "υսʋц", "v": "ѵνv", "w": "ѡԝωшա", "x": "хχ", "y": "уүγყ", "z": "ʐᴢ", "ss": "ß",
}  # fmt: skip
_LETTERS = {ord(strange): plain for plain, strangers in _DRAWN_LIKE.items() for strange in strangers}
_PAIRS = (("0", "o"), ("1", "l"), ("5", "s"), ("rn", "m"), ("vv", "w"))
_DIAERESIS = "\u0308"


def skeleton(name: str) -> str:
    """The skeleton of a host as it is stored, without a ``www.`` in front: an apex and its ``www.`` are one."""
    plain = normalize("NFD", idna.decode(name.removeprefix("www."), display=True).casefold())
    letters = "".join(sign for sign in plain if sign == _DIAERESIS or not combining(sign)).translate(_LETTERS)
    for pair, letter in _PAIRS:
        letters = letters.replace(pair, letter)
    return letters
