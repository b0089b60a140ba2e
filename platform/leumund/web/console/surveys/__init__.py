"""Where surveys are written, whom they ask, and what was answered."""
