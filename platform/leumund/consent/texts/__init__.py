"""Texts people agree to, and those they must be shown: begun, drafted, filled in, and published as versions."""
