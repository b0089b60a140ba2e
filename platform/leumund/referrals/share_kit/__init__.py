"""Words a person shares a link with: the company's or ours, looked over, filled in, and kept in versions."""
