"""People of this company: records, import, duplicates, and their way into the portal."""
