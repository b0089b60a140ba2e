"""What tables of company.toml are made of."""

from typing import Annotated

import msgspec

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=20_000)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
Line = Annotated[str, msgspec.Meta(max_length=200)]
Host = Annotated[str, msgspec.Meta(min_length=1, max_length=253)]
Key = Annotated[str, msgspec.Meta(pattern="^[a-z0-9-]+$", max_length=60)]
Cents = Annotated[int, msgspec.Meta(gt=0, le=100_000_000)]


class Part(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A table of company.toml; a key that is not named here is a fault."""
