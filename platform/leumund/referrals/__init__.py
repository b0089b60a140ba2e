"""Links, codes, clicks, attribution and review: who brought whom."""
