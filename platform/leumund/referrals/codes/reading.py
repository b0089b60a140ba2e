"""Read a code however it was written down: one normal form, in which all that people mix up is the same."""

from unicodedata import combining, normalize

from leumund.kit import letters

LONGEST = 80
_WRITTEN_OUT = {ord("ä"): "ae", ord("ö"): "oe", ord("ü"): "ue"}
# Drawn so alike that people type one for the other; a link's own code has none of them (rules.CODE_ALPHABET).
_MIXED_UP = str.maketrans("oil", "011")


def normal(written: str) -> str:
    """``written`` without case, spaces, hyphens and accents, O as 0, I and L as 1; empty for what cannot be a code."""
    if len(written) > LONGEST:
        return ""
    plain = letters.visible(written).casefold().translate(_WRITTEN_OUT)
    bare = "".join(letter for letter in normalize("NFKD", plain) if not combining(letter))
    return "".join(letter for letter in bare if letter.isascii() and letter.isalnum()).translate(_MIXED_UP)
