-- messages: the words a company gave a kind of mail itself, how often it may advertise, and on what each mail went out.

-- A version of the words of one kind in one language; never changed, only followed by the next.
CREATE TABLE message_text (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    kind text NOT NULL CHECK (kind ~ '^[a-z_]+$'),
    language text NOT NULL,
    -- NULL where the words were only tried, in a test mail to who wrote them.
    version integer CHECK (version > 0),
    -- Both NULL: the company went back to our words.
    subject text CHECK (length(subject) <= 200),
    wording text CHECK (length(wording) <= 4000),
    written_by uuid NOT NULL,
    written_at timestamptz NOT NULL,
    UNIQUE (kind, language, version),
    CHECK ((subject IS NULL) = (wording IS NULL))
);
GRANT SELECT, INSERT ON message_text TO {role};

-- How many advertising mails one person gets within so many days; what is not here is as limits.toml has it.
CREATE TABLE message_limit (
    -- Empty: all advertising together.
    purpose text PRIMARY KEY CHECK (purpose ~ '^[a-z_]*$'),
    most integer NOT NULL CHECK (most BETWEEN 0 AND 1000),
    within_days integer NOT NULL CHECK (within_days BETWEEN 1 AND 366),
    changed_at timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON message_limit TO {role};

ALTER TABLE message
    -- What allowed it, as the program said when it was queued.
    ADD COLUMN basis text NOT NULL DEFAULT 'consent'
        CHECK (basis IN ('consent', 'contract', 'legal_obligation', 'legitimate_interest')),
    -- Whose words it has; NULL for ours.
    ADD COLUMN text uuid REFERENCES message_text (id),
    -- A member's own trial, which looks like the real thing.
    ADD COLUMN test boolean NOT NULL DEFAULT false CHECK (NOT test OR customer IS NULL);
ALTER TABLE message ALTER COLUMN basis DROP DEFAULT;
-- The log is read newest first.
CREATE INDEX message_newest ON message (created_at DESC, id DESC);
