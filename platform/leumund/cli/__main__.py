"""``python -m leumund.cli`` is the ``leumund`` command."""

from leumund.cli import app

app()
