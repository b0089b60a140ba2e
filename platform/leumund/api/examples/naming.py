"""What the people and things of the examples are called."""

from datetime import UTC, datetime

ANNA, BERT = "cus_2f6a1b0c9d8e4f7a8b6c5d4e3f2a1b0c", "cus_6d1f0c7e2b9a4f53a1c8e0b7d4f2935c"
BOUGHT = "cnv_0c5a9f0e6d3b4c1f8f0d7e2a1b9c4d38"
RECOMMENDED = "ref_7b1e4a0d9c8f4e2b9a3d5c6f7e8a9b0c"
EARNED = ["rew_1a2b3c4d5e6f47a8b9c0d1e2f3a4b5c6", "rew_f0e1d2c3b4a5469788796a5b4c3d2e1f"]
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ORDER, NUMBER, TICKET = "A-2026-0815", "K-4711", "T-2026-0815"
WORDING = "txt_3f0c9a7d5b1e4c62a8d07f9e6b2c4d1a"
BLOCK = '<fieldset class="consents">...</fieldset>'
