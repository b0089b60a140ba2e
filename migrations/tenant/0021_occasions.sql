-- occasions: what a company does by itself when the day has come, who is in it, and what was sent or held back.

-- Month and day of birth as a keyed hash: who has a birthday is asked every night, and unsealing everybody's for it
-- would take the night. Rows of before are hashed by the worker (customers.records.remembering).
ALTER TABLE customer
    ADD COLUMN birth_day_hash text,
    ADD CHECK (birth_day_hash IS NULL OR birth_date_sealed IS NOT NULL);
CREATE INDEX customer_birth_day ON customer (birth_day_hash, id) WHERE birth_day_hash IS NOT NULL;
CREATE INDEX customer_birth_day_missing ON customer (id) WHERE birth_date_sealed IS NOT NULL AND birth_day_hash IS NULL;
CREATE INDEX customer_since_day ON customer (
    (100 * extract(month FROM customer_since_date) + extract(day FROM customer_since_date)), id
);

CREATE TABLE occasion (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL CHECK (name <> '' AND length(name) <= 80),
    -- What is being written: the next version.
    draft jsonb NOT NULL,
    revision integer NOT NULL CHECK (revision > 0),
    changed_at timestamptz NOT NULL,
    changed_by uuid NOT NULL,
    -- Up to which day it was planned by the company's calendar.
    planned_until_date date
);
-- A version never changes: who is in a sequence finishes the one they began.
CREATE TABLE occasion_version (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    occasion uuid NOT NULL REFERENCES occasion (id),
    version integer NOT NULL CHECK (version > 0),
    definition jsonb NOT NULL,
    -- By place of the step and language, the words of its mail.
    texts jsonb NOT NULL,
    published_at timestamptz NOT NULL,
    published_by uuid NOT NULL,
    UNIQUE (occasion, version)
);
CREATE TABLE occasion_state (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    occasion uuid NOT NULL REFERENCES occasion (id),
    position integer NOT NULL,
    state text NOT NULL CHECK (state IN ('running', 'paused', 'ended')),
    actor text NOT NULL,
    at timestamptz NOT NULL,
    UNIQUE (occasion, position)
);
-- One person in one sequence for one occurrence: a birthday of a year, a day of purchases.
CREATE TABLE occasion_run (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    occasion uuid NOT NULL REFERENCES occasion (id),
    version uuid NOT NULL REFERENCES occasion_version (id),
    customer uuid NOT NULL REFERENCES customer (id),
    occurrence text NOT NULL CHECK (occurrence ~ '^[0-9]{4}(-[0-9]{2}-[0-9]{2})?$'),
    -- Drawn by lot not to be written to, so that there is something to compare with.
    control boolean NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'done', 'stopped')),
    reason text CHECK (reason ~ '^[a-z_]+$'),
    position smallint NOT NULL DEFAULT 0,
    began_at timestamptz NOT NULL,
    first_due_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    ended_at timestamptz,
    UNIQUE (occasion, customer, occurrence),
    CHECK ((state = 'stopped') = (reason IS NOT NULL)),
    CHECK ((state = 'waiting') = (ended_at IS NULL)),
    CHECK (NOT control OR state = 'stopped')
);
CREATE INDEX occasion_run_customer ON occasion_run (customer);
CREATE INDEX occasion_run_newest ON occasion_run (occasion, first_due_at DESC, id DESC);
CREATE INDEX occasion_run_waiting ON occasion_run (occasion, due_at) WHERE state = 'waiting';
-- What became of each step: the mail, or the reason why there is none.
CREATE TABLE occasion_step (
    run uuid NOT NULL REFERENCES occasion_run (id) ON DELETE CASCADE,
    position smallint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('mail', 'card')),
    message uuid REFERENCES message (id),
    reason text CHECK (reason ~ '^[a-z_]+$'),
    at timestamptz NOT NULL,
    PRIMARY KEY (run, position)
);
-- A card to be written by hand.
CREATE TABLE occasion_card (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    run uuid NOT NULL REFERENCES occasion_run (id) ON DELETE CASCADE,
    position smallint NOT NULL,
    customer uuid NOT NULL REFERENCES customer (id),
    made_at timestamptz NOT NULL,
    done_at timestamptz,
    done_by uuid,
    UNIQUE (run, position),
    CHECK ((done_at IS NULL) = (done_by IS NULL))
);
CREATE INDEX occasion_card_customer ON occasion_card (customer);
CREATE INDEX occasion_card_open ON occasion_card (made_at, id) WHERE done_at IS NULL;
GRANT SELECT, INSERT, UPDATE, DELETE ON occasion, occasion_run, occasion_step, occasion_card TO {role};
GRANT SELECT, INSERT ON occasion_version, occasion_state TO {role};
