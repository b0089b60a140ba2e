"""Telephone numbers that are written in full already, told without parsing them: most of a large file is."""

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import phonenumbers

E164 = re.compile(r"\+[1-9][0-9]{6,14}")


class _Numbering(NamedTuple):
    """What may stand before a national number and does not belong to it, and how long that number may be."""

    prefix: re.Pattern[str] | None
    lengths: frozenset[int]


def is_plain(text: str) -> bool:
    """Whether parsing would take ``text`` and write it as it stands; a test holds the two together."""
    if not E164.fullmatch(text):
        return False
    for length in (1, 2, 3):
        numbering = _numberings().get(text[1 : length + 1])
        if numbering is not None:
            national = text[length + 1 :]
            prefixed = numbering.prefix is not None and numbering.prefix.match(national)
            return len(national) in numbering.lengths and not prefixed
    return False


@cache
def _numberings() -> Mapping[str, _Numbering]:
    """By country calling code, none of which begins another."""
    found = {}
    for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items():
        described = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(code, regions[0])
        assert described is not None, "the package describes every code it lists"
        assert described.general_desc is not None, "and says how long its numbers are"
        prefix = described.national_prefix_for_parsing
        found[str(code)] = _Numbering(
            re.compile(prefix) if prefix else None, frozenset(described.general_desc.possible_length)
        )
    return found
