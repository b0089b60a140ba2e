"""Texts written from what is really configured: composed, read, released, and compared with it later."""
