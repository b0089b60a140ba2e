"""Letters as the eye takes them: those of other scripts that look like Latin ones, and those that nobody sees.

After UTS #39 (Unicode Security Mechanisms), cut down to what people who read German or English take for their own.
"""

from unicodedata import category, normalize

# Cyrillic, Greek, Armenian and Latin letters beside the Latin one they are drawn like.
DRAWN_LIKE = {
    "a": "аαɑ", "b": "ьβƅ", "c": "сϲ", "d": "ԁɗ", "e": "еҽɛεє", "f": "ƒք", "g": "ɡցɠ", "h": "һհ", "i": "іıɩι",
    "j": "јյ", "k": "кκ", "l": "ǀӏ", "m": "м", "n": "пηոռ", "o": "оοօσөø", "p": "рρ", "q": "ԛգզ", "r": "гᴦ", "s": "ѕʂ",
    "t": "тτ", "u": "υսʋц", "v": "ѵνv", "w": "ѡԝωшա", "x": "хχ", "y": "уүγყ", "z": "ʐᴢ",
}  # fmt: skip
_CAPITALS = {
    "A": "АΑ", "B": "ВΒ", "C": "СϹ", "E": "ЕΕ", "H": "НΗ", "I": "ІΙ", "J": "Ј", "K": "КΚ", "M": "МΜ", "N": "Ν",
    "O": "ОΟ", "P": "РΡ", "S": "Ѕ", "T": "ТΤ", "X": "ХΧ", "Y": "УΥ", "Z": "Ζ",
}  # fmt: skip
_USUAL = {
    ord(strange): plain
    for drawn in (DRAWN_LIKE, _CAPITALS)
    for plain, strangers in drawn.items()
    for strange in strangers
}


def visible(text: str) -> str:
    """``text`` in the usual letters, without those that nobody sees: a soft hyphen, or a space of no width."""
    return "".join(letter for letter in normalize("NFKC", text) if category(letter) != "Cf").translate(_USUAL)
