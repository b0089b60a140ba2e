"""A certificate becomes two files: the JSON for machines, and a PDF of it for whoever files paper."""

from hashlib import sha256
from pathlib import Path

import msgspec

from leumund.tenancy.leaving.certifying import Unwritten


def write(one: Unwritten, folder: Path) -> tuple[Path, Path]:
    """Write ``one`` into ``folder``, over what was written of it before; returns both files. Raises OSError."""
    # What makes PDFs takes half a second to load, and hardly any command makes one.
    from leumund.tenancy.leaving import printing

    folder.mkdir(parents=True, exist_ok=True)
    content = one.certificate.encode()
    data, page = (folder / f"{one.slug}-{one.id.hex[:8]}.{kind}" for kind in ("json", "pdf"))
    data.write_bytes(content)
    page.write_bytes(printing.pdf(msgspec.json.decode(content), sha256=sha256(content).hexdigest()))
    return data, page
