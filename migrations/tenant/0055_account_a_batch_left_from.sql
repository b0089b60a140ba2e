-- payouts: whose account a file for the bank takes from, and what its transfers say, stand as of the moment it was sent.
ALTER TABLE payout_batch ADD COLUMN debited_sealed bytea;
GRANT UPDATE (debited_sealed) ON payout_batch TO {role};
