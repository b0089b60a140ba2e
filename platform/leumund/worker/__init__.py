"""Jobs of the outbox: claimed, worked off in their company's scope, retried, and kept when they will not do."""
