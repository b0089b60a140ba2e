"""Purchases a company brings along in a file: looked at first, kept under seal, and told row by row as by the API."""
