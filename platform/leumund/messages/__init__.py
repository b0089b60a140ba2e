"""The one way out for all mail: queued, let through or held, written, sent, and kept in a log."""
