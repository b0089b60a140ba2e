-- customers: a second factor of the person's own, which no e-mail is. Whatever was set up by a mailed link alone counts
-- from ``counts_at`` on, a day later; until then the person, told by mail, may take it away again.
CREATE TABLE customer_factor (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    customer uuid NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('totp', 'passkey', 'recovery')),
    -- What the person calls it.
    name_sealed bytea,
    -- The secret of an authenticator app, or a passkey's id and public key.
    secret_sealed bytea,
    -- A recovery code, good once.
    code_hash text,
    -- The app's last step that was used, or how often the passkey says it has signed: neither goes back.
    counter bigint NOT NULL DEFAULT 0,
    failed_attempts integer NOT NULL DEFAULT 0,
    failed_at timestamptz,
    created_at timestamptz NOT NULL,
    counts_at timestamptz NOT NULL,
    used_at timestamptz,
    CHECK ((kind = 'recovery') = (secret_sealed IS NULL)),
    CHECK ((kind = 'recovery') = (code_hash IS NOT NULL))
);
CREATE INDEX customer_factor_customer ON customer_factor (customer);
GRANT SELECT, INSERT, UPDATE, DELETE ON customer_factor TO {role};

-- When the person last showed a second factor in this session, and what a passkey is asked to sign next: of that only the
-- seed, good once.
ALTER TABLE customer_session
    ADD COLUMN second_factor_at timestamptz,
    ADD COLUMN challenge_hash text,
    ADD COLUMN challenge_at timestamptz;
-- A one-time link that, instead of opening the portal, proves the address the person wants from now on.
ALTER TABLE customer_login ADD COLUMN new_email_sealed bytea;
-- messages: where a mail goes whose person has another address, such as the one they had before.
ALTER TABLE message ADD COLUMN to_sealed bytea;
