"""Consents come in: asked for and confirmed by a mail, taken down from what was said, or brought along."""
