"""What an event is worth, judged rule by rule from what is known; no row is read and no clock is asked here."""
