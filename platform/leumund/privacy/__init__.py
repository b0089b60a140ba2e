"""Access, rectification, erasure, objection and retention; reads every room below."""
