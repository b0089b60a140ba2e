"""Codes people say, type and choose: how they are read, drawn, claimed and taken down."""
