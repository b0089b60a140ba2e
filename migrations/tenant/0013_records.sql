-- audit: old and new of what a deed changed, masked; and the chain over the log. Entries and links are append-only by
-- grant. The head says where the chain ends, under the company's own key, so that nobody who holds the database alone
-- can write another chain; what found the head in use waits, sealed by the same key, until the next deed links it.
ALTER TABLE audit_entry ADD COLUMN changes jsonb NOT NULL DEFAULT '{}';
CREATE TABLE audit_link (
    position bigint PRIMARY KEY CHECK (position > 0),
    entry uuid NOT NULL UNIQUE,
    chain_hash text NOT NULL
);
CREATE TABLE audit_waiting (
    entry uuid PRIMARY KEY,
    entry_hash text NOT NULL
);
CREATE TABLE audit_head (
    id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    position bigint NOT NULL,
    chain_hash text NOT NULL,
    seal_hash text NOT NULL
);
GRANT SELECT, INSERT ON audit_link TO {role};
GRANT SELECT, INSERT, DELETE ON audit_waiting TO {role};
GRANT SELECT, INSERT, UPDATE ON audit_head TO {role};
-- What was done to one person is asked for one by one, when they ask; all else is found by time.
CREATE INDEX audit_entry_subject ON audit_entry (subject, at DESC, id DESC) WHERE subject IS NOT NULL;

-- privacy: breaches of data (GDPR Art. 33, 34), and what was found out, decided and done about each, step by step. Both
-- are append-only by grant: what is true by now is the newest step of its kind, and what was believed before stays.
CREATE TABLE breach (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    source text NOT NULL CHECK (source IN ('company', 'operator')),
    -- The operator's word, which may come twice.
    notice uuid UNIQUE,
    known_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    CHECK ((source = 'operator') = (notice IS NOT NULL))
);
CREATE TABLE breach_step (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    breach uuid NOT NULL REFERENCES breach (id),
    at timestamptz NOT NULL,
    actor text NOT NULL CHECK (actor ~ '^(staff|operator):'),
    what text NOT NULL CHECK (what ~ '^[a-z_]+$'),
    words_sealed bytea,
    -- How many, as far as is known by then: given with the nature of the breach.
    people integer CHECK (people >= 0),
    records integer CHECK (records >= 0)
);
CREATE INDEX breach_step_breach ON breach_step (breach, at);
GRANT SELECT, INSERT ON breach, breach_step TO {role};

-- privacy: what no software can know and the company's records say all the same, in the company's own words.
CREATE TABLE record_answer (
    key text PRIMARY KEY CHECK (key ~ '^[a-z_]+$'),
    words text NOT NULL,
    written_at timestamptz NOT NULL,
    written_by uuid NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON record_answer TO {role};

-- company: the agreement with its processor (GDPR Art. 28), each acceptance a row that stays; and what the processor
-- changed since, with the time in which the company may object.
CREATE TABLE agreement_acceptance (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    version integer NOT NULL CHECK (version > 0),
    language text NOT NULL CHECK (language ~ '^[a-z]{2}$'),
    -- The whole document as it was shown, with both annexes, as the JSON the digest is of.
    document text NOT NULL,
    sha256 text NOT NULL,
    actor text NOT NULL CHECK (actor ~ '^(staff|operator|system):'),
    at timestamptz NOT NULL
);
CREATE TABLE agreement_notice (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    version integer NOT NULL CHECK (version > 0),
    -- Everybody who works for the processor from now on, as it was told.
    processors jsonb NOT NULL,
    told_at timestamptz NOT NULL,
    until_at timestamptz NOT NULL,
    objected_at timestamptz,
    objected_by text CHECK (objected_by ~ '^staff:'),
    CHECK ((objected_at IS NULL) = (objected_by IS NULL))
);
GRANT SELECT, INSERT ON agreement_acceptance TO {role};
GRANT SELECT, INSERT, UPDATE (objected_at, objected_by) ON agreement_notice TO {role};
