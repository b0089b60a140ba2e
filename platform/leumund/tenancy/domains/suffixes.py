"""Endings under which everybody gets domains: a registry's, as ``co.uk``, or a provider's, as ``github.io``.

The Public Suffix List (https://publicsuffix.org), both of its sections, as it was when its package was made: nothing is
asked for it, and an ending that came later is not refused.
"""

from functools import cache

from publicsuffixlist import PublicSuffixList


def is_suffix(name: str) -> bool:
    """Whether ``name``, as hosts are stored, is such an ending itself."""
    return _known().is_public(name)


@cache
def _known() -> PublicSuffixList:
    # A fifth of a second; hardly any process judges a name.
    return PublicSuffixList(accept_unknown=False)
