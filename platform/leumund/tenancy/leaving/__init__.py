"""A company leaves: stopped at once, erased when its time is up, certified to be gone."""
