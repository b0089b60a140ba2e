"""Passwords: how they are kept (argon2id, security.md 8) and which are refused (security.md 7).

No rule of composition, no truncation: twelve characters or more, whatever they are, unless many others use it too.
"""

from functools import cache
from importlib import resources
from itertools import pairwise
from secrets import token_hex
from string import digits, punctuation, whitespace
from typing import NamedTuple

from anyio import to_thread
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from leumund.kit import faults

SHORTEST = 12
LONGEST = 256

_HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_ROWS = ("qwertzuiopü", "qwertyuiop", "asdfghjklöä", "yxcvbnm", "zxcvbnm", "azertyuiop", "abcdefghijklmnopqrstuvwxyz")
_LOOKALIKES = str.maketrans("013457@$!", "oieastasi")
_AROUND = digits + punctuation + whitespace
# Four common words in a row are a good password; three are the first a machine would try.
_FEW_WORDS = 3


class WeakPassword(faults.Refused):
    """Too short, too long, or one that others would try first."""


def check(password: str, *, known: tuple[str, ...] = ()) -> None:
    """Refuse what is easily guessed; ``known`` are words of this person or company. Raises WeakPassword."""
    if len(password) < SHORTEST:
        raise WeakPassword("errors.passwords.short", field="password", shortest=SHORTEST)
    if len(password) > LONGEST:
        raise WeakPassword("errors.passwords.long", field="password", longest=LONGEST)
    if is_common(password, known=known):
        raise WeakPassword("errors.passwords.common", field="password")


def is_common(password: str, *, known: tuple[str, ...] = ()) -> bool:
    """Whether it is common words, digits, a repeated piece or a walk over the keyboard, and nothing else."""
    folded = password.casefold()
    words = _common() | {word.casefold() for word in known if len(word) > 2}
    letters = "".join(filter(str.isalpha, folded))
    plain = "".join(filter(str.isalpha, folded.strip(_AROUND).translate(_LOOKALIKES)))
    return (
        folded in words
        or len(set(folded)) < 5
        or _repeats(folded)
        or len(letters) < 3
        or any(_made_of(text, words) or _is_walk(text) for text in (letters, plain))
    )


class Verdict(NamedTuple):
    """What comparing a password came to; it holds only while ``stored`` is still what is kept.

    ``renewed`` is a hash by today's parameters where the right password was kept with weaker ones.
    """

    stored: str | None
    right: bool
    renewed: str | None

    def holds(self, kept: str | None) -> bool:
        """Whether the password is the one kept now as ``kept``."""
        return self.right and kept is not None and kept == self.stored


async def judge(stored: str | None, password: str) -> Verdict:
    """Compare outside every transaction: it takes its time on purpose, and connections are few."""
    right = await matches(stored, password)
    outdated = right and stored is not None and is_outdated(stored)
    return Verdict(stored, right, await hashed(password) if outdated else None)


async def hashed(password: str) -> str:
    """The argon2id hash to store; worked out beside the event loop, since it is slow on purpose."""
    return await to_thread.run_sync(_HASHER.hash, password)


async def matches(stored: str | None, password: str) -> bool:
    """Whether ``password`` is the stored one. Costs the same where nothing is stored, so that nobody learns which."""
    right = await to_thread.run_sync(_verify, stored or _nobodys(), password[: LONGEST + 1])
    return right and stored is not None


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(stored)


def _verify(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return _HASHER.hash(token_hex())


@cache
def _common() -> frozenset[str]:
    text = resources.files("leumund.kit").joinpath("common_passwords.txt").read_text("utf-8")
    lines = (line.strip().casefold() for line in text.splitlines())
    return frozenset(line for line in lines if line and not line.startswith("#"))


def _repeats(text: str) -> bool:
    # A text made of one piece is found again in its double before the piece has been passed once.
    return 0 < (text + text).find(text, 1) <= len(text) // 2


def _made_of(text: str, words: frozenset[str] | set[str]) -> bool:
    pieces = {0: 0}
    for end in range(1, len(text) + 1):
        begins = [start for start in range(max(0, end - 24), end - 2) if start in pieces and text[start:end] in words]
        if begins:
            pieces[end] = 1 + min(pieces[start] for start in begins)
    return pieces.get(len(text), _FEW_WORDS + 1) <= _FEW_WORDS


def _is_walk(text: str) -> bool:
    steps = {step for row in _ROWS for walk in (row, row[::-1]) for step in pairwise(walk)}
    jumps = sum(step not in steps for step in pairwise(text))
    return jumps * 4 < len(text)
