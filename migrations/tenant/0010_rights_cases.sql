-- privacy: what people ask for by law (GDPR 15 to 22), each a case with its clock. The state is what the moments say, so
-- that no step is skipped and none is taken back; every step is a row that stays.
-- Cases are kept when the person goes, since they show that the request was answered: then the id is a pseudonym, and
-- what was written went with the person's key.
CREATE TABLE rights_case (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('access', 'rectification', 'portability', 'restriction', 'objection', 'erasure',
                                       'review')),
    -- NULL while nobody knows who is asking.
    customer uuid,
    came text NOT NULL CHECK (came IN ('portal', 'loop', 'email', 'phone', 'letter')),
    -- What a review is about: a referral.
    subject uuid,
    language text NOT NULL CHECK (language ~ '^[a-z]{2}$'),
    received_at timestamptz NOT NULL,
    due_date date NOT NULL,
    identified_at timestamptz,
    identified_by text CHECK (identified_by IN ('login', 'loop', 'staff')),
    taken_at timestamptz,
    worker uuid,
    extended_at timestamptz,
    extension_reason text CHECK (extension_reason IN ('complex', 'many')),
    closed_at timestamptz,
    outcome text CHECK (outcome IN ('carried_out', 'partly', 'nothing_held', 'upheld', 'changed')),
    refusal_reason text CHECK (refusal_reason IN ('not_identified', 'unfounded', 'excessive', 'duty_to_keep',
                                                  'legal_claims', 'rights_of_others', 'not_covered')),
    state text NOT NULL GENERATED ALWAYS AS (
        CASE WHEN refusal_reason IS NOT NULL THEN 'refused' WHEN closed_at IS NOT NULL THEN 'done'
             WHEN taken_at IS NOT NULL THEN 'in_work' WHEN identified_at IS NOT NULL THEN 'identified'
             ELSE 'received' END) STORED,
    -- What the person wrote, how staff knew them, and what they were told when it took longer and in the end.
    words_sealed bytea,
    proof_sealed bytea,
    extension_sealed bytea,
    answer_sealed bytea,
    -- A copy lies ready until then, and is opened once.
    copy_until timestamptz,
    copy_opened_at timestamptz,
    copy_hash text,
    -- How many days before the deadline the last reminder went out.
    reminded_days integer CHECK (reminded_days >= 0),
    CHECK ((identified_at IS NULL) = (identified_by IS NULL)),
    CHECK (identified_at IS NULL OR customer IS NOT NULL),
    CHECK (taken_at IS NULL OR identified_at IS NOT NULL),
    CHECK ((extended_at IS NULL) = (extension_reason IS NULL)),
    CHECK ((closed_at IS NULL) = (outcome IS NULL AND refusal_reason IS NULL)),
    CHECK (outcome IS NULL OR refusal_reason IS NULL),
    -- Nothing is carried out for somebody nobody knows; that we hold nothing can be said to anybody.
    CHECK (outcome IS NULL OR outcome = 'nothing_held' OR taken_at IS NOT NULL),
    CHECK ((kind = 'review') = (subject IS NOT NULL))
);
-- Who asks twice for the same has one case; found by the person too.
CREATE UNIQUE INDEX rights_case_open ON rights_case (customer, kind, subject) NULLS NOT DISTINCT
    WHERE closed_at IS NULL AND customer IS NOT NULL;
GRANT SELECT, INSERT ON rights_case TO {role};
-- When and for what somebody asked stands as it was written.
GRANT UPDATE (customer, due_date, identified_at, identified_by, taken_at, worker, extended_at, extension_reason,
              closed_at, outcome, refusal_reason, words_sealed, proof_sealed, extension_sealed, answer_sealed,
              copy_until, copy_opened_at, copy_hash, reminded_days) ON rights_case TO {role};

-- Who did what to a case when; append-only by grant, and without a word that anybody wrote.
CREATE TABLE rights_event (
    id uuid PRIMARY KEY,
    rights_case uuid NOT NULL REFERENCES rights_case (id),
    position integer NOT NULL CHECK (position > 0),
    at timestamptz NOT NULL,
    actor text NOT NULL CHECK (actor ~ '^(staff|customer|system):'),
    what text NOT NULL CHECK (what ~ '^[a-z_]+$'),
    detail jsonb NOT NULL DEFAULT '{}',
    UNIQUE (rights_case, position)
);
GRANT SELECT, INSERT ON rights_event TO {role};

-- The mail loop: a link and a code went to the address on file, and whoever types it in reads that mailbox.
CREATE TABLE rights_proof (
    id uuid PRIMARY KEY,
    customer uuid NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    address_hash text NOT NULL,
    -- A case that waits for it; NULL where the request is opened by the proof.
    rights_case uuid REFERENCES rights_case (id),
    kind text NOT NULL,
    language text NOT NULL CHECK (language ~ '^[a-z]{2}$'),
    words_sealed bytea,
    asked_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    wrong_codes integer NOT NULL DEFAULT 0 CHECK (wrong_codes BETWEEN 0 AND 5),
    proven_at timestamptz
);
GRANT SELECT, INSERT, UPDATE, DELETE ON rights_proof TO {role};

-- Whom the company has to tell that data was mended, restricted or erased (GDPR 19), and that it did.
CREATE TABLE rights_notice (
    id uuid PRIMARY KEY,
    rights_case uuid NOT NULL REFERENCES rights_case (id),
    recipient text NOT NULL CHECK (recipient <> ''),
    told_at timestamptz,
    told_by uuid,
    CHECK ((told_at IS NULL) = (told_by IS NULL)),
    UNIQUE (rights_case, recipient)
);
GRANT SELECT, INSERT ON rights_notice TO {role};
GRANT UPDATE (told_at, told_by) ON rights_notice TO {role};
