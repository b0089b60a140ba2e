-- payouts: the account a transfer went to, as it stood in the file the bank got: whoever changes theirs afterwards changes
-- no file, however often it is asked for. Under the person's own key.
CREATE TABLE payout_transfer (
    id uuid PRIMARY KEY REFERENCES payout (id),
    iban_sealed bytea NOT NULL,
    holder_sealed bytea NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON payout_transfer TO {role};
