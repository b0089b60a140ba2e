"""What the eye takes for the same name: a skeleton that is equal for names one reads alike.

After UTS #39 (Unicode Security Mechanisms), cut down to what registries let into domains: letters of other scripts that
look like Latin ones, accents, and the pairs and digits one takes for a letter. Umlauts and every other diaeresis stay,
for Müller is not Muller to anybody who reads German.
"""

from unicodedata import combining, normalize

import idna

from leumund.kit import letters

_LETTERS = {ord("ß"): "ss"} | {
    ord(strange): plain for plain, strangers in letters.DRAWN_LIKE.items() for strange in strangers
}
_PAIRS = (("0", "o"), ("1", "l"), ("5", "s"), ("rn", "m"), ("vv", "w"))
_DIAERESIS = "\u0308"


def skeleton(name: str) -> str:
    """The skeleton of a host as it is stored, without a ``www.`` in front: an apex and its ``www.`` are one."""
    plain = normalize("NFD", idna.decode(name.removeprefix("www."), display=True).casefold())
    found = "".join(sign for sign in plain if sign == _DIAERESIS or not combining(sign)).translate(_LETTERS)
    for pair, letter in _PAIRS:
        found = found.replace(pair, letter)
    return found
