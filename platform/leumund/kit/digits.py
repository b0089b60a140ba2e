"""Codes to type in that stand nowhere: whoever needs one makes it anew of what it is for."""

from uuid import UUID

from leumund.kit import sealing

LENGTH = 8


def of(purpose: str, subject: UUID) -> str:
    """Eight digits for ``subject``, such as ``02468135``; whoever asks for them counts tries and lets them run out."""
    return f"{int(sealing.keyed_hash(f'digits {purpose}', subject.hex), 16) % 10**LENGTH:0{LENGTH}}"
