-- Consent events in a chain a person: each names its place and the hash of all it says and of the one before it. The
-- head's seal is keyed, so that whoever rewrites a chain and hashes it anew is found as well.
CREATE TABLE consent_chain (
    -- The person, whose chain outlives their record.
    id uuid PRIMARY KEY,
    position integer NOT NULL CHECK (position >= 0),
    chain_hash text NOT NULL,
    seal_hash text NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON consent_chain TO {role};

-- The consent block of a form as it was rendered, once for all who were shown the same; and that it was shown. A row
-- comes with the answer: looking at a form writes nothing.
CREATE TABLE consent_block (
    id uuid PRIMARY KEY,
    sha256 text NOT NULL UNIQUE,
    html text NOT NULL
);
CREATE TABLE consent_served (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    block uuid NOT NULL REFERENCES consent_block (id),
    form text NOT NULL,
    form_version text NOT NULL,
    url text NOT NULL,
    language text NOT NULL,
    texts jsonb NOT NULL,
    served_at timestamptz NOT NULL
);
GRANT SELECT, INSERT ON consent_block, consent_served TO {role};

ALTER TABLE consent_event
    ADD COLUMN position integer NOT NULL CHECK (position > 0),
    ADD COLUMN chain_hash text NOT NULL,
    ADD COLUMN served uuid REFERENCES consent_served (id),
    ADD COLUMN address_sealed bytea,
    -- A keyed hash of what is sealed: the chain holds when a person's key is destroyed.
    ADD COLUMN words_hash text,
    ADD UNIQUE (customer, position),
    DROP CONSTRAINT consent_event_state_check,
    ADD CONSTRAINT consent_event_state_check
        CHECK (state IN ('requested', 'given', 'refused', 'withdrawn', 'objected', 'expired', 'invalidated', 'terminated'));

-- What is known of the check mail, and the address, until the button is pressed: then both go with what was given.
ALTER TABLE consent_request
    ADD COLUMN served uuid REFERENCES consent_served (id),
    ADD COLUMN address_sealed bytea,
    ADD COLUMN check_mail jsonb;
