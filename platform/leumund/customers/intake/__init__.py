"""People a company brings along: one told by its systems, or many in a file."""
