-- customers: whose data rest (Art. 18 GDPR), go (Art. 17), or are gone; said on the person's row too, so that whoever
-- reads it anyway passes them over without another question. Customers' holding alone writes either.
ALTER TABLE customer ADD COLUMN held text CHECK (held IN ('restriction', 'erasure', 'erased'));
-- Since when somebody objects to being evaluated, by scores or segments (Art. 21(1) GDPR).
ALTER TABLE customer ADD COLUMN profiling_objected_at timestamptz;
-- Of somebody who is gone a row without anything in it stays where postings and rewards refer to it.
ALTER TABLE customer DROP CONSTRAINT customer_check;
ALTER TABLE customer ADD CONSTRAINT customer_is_named
    CHECK (external_id IS NOT NULL OR email_hash IS NOT NULL OR held IS NOT DISTINCT FROM 'erased');
CREATE TABLE customer_hold (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    customer uuid NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('restriction', 'erasure')),
    ground text NOT NULL CHECK (ground ~ '^[a-z_]+$'),
    actor text NOT NULL CHECK (actor ~ '^(staff|customer|system):'),
    rights_case uuid,
    began_at timestamptz NOT NULL,
    -- When an erasure is carried out, which the person may call off until then; or when a restriction ends, of which they
    -- were told before.
    due_at timestamptz,
    lifted_at timestamptz,
    CHECK (kind <> 'erasure' OR due_at IS NOT NULL)
);
CREATE UNIQUE INDEX customer_hold_open ON customer_hold (customer, kind) WHERE lifted_at IS NULL;
GRANT SELECT, INSERT, UPDATE, DELETE ON customer_hold TO {role};

-- privacy: that somebody was erased, when and by which rule; who it was is a keyed hash of an id that nothing has any
-- more, by which an older backup's person is found again and erased once more. Append-only by grant.
CREATE TABLE erasure_tombstone (
    person_hash text PRIMARY KEY,
    rule text NOT NULL CHECK (rule ~ '^[a-z_]+$'),
    erased_at timestamptz NOT NULL
);
GRANT SELECT, INSERT ON erasure_tombstone TO {role};
-- What may not go although its time has come: one class of data, or all of one person.
CREATE TABLE retention_hold (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    class text CHECK (class ~ '^[a-z_]+$'),
    customer uuid REFERENCES customer (id) ON DELETE CASCADE,
    reason_sealed bytea NOT NULL,
    actor text NOT NULL CHECK (actor ~ '^(staff|system):'),
    began_at timestamptz NOT NULL,
    until_at timestamptz,
    CHECK ((class IS NULL) <> (customer IS NULL))
);
GRANT SELECT, INSERT, UPDATE, DELETE ON retention_hold TO {role};
-- What went by which rule, in numbers; append-only by grant.
CREATE TABLE retention_record (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    at timestamptz NOT NULL,
    class text NOT NULL CHECK (class ~ '^[a-z_]+$'),
    place text NOT NULL CHECK (place ~ '^[a-z_]+$'),
    deed text NOT NULL CHECK (deed ~ '^[a-z_]+$'),
    amount bigint NOT NULL CHECK (amount > 0)
);
GRANT SELECT, INSERT ON retention_record TO {role};

-- referrals: why one was refused may name either of the two, and goes with the first of them who is erased.
ALTER TABLE referral ADD COLUMN reason_gone boolean NOT NULL DEFAULT false;
ALTER TABLE referral DROP CONSTRAINT referral_check1;
ALTER TABLE referral ADD CONSTRAINT referral_is_refused_for_a_reason
    CHECK (state NOT IN ('rejected', 'voided') OR reason_sealed IS NOT NULL OR reason_gone);
