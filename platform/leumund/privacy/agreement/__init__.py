"""The agreement with the processor (Art. 28 GDPR): its wording, its acceptance, and what changes about it."""
