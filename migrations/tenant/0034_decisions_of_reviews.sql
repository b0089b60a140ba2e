-- rewards: who decided what about a referral and when; added to and never changed. What was told of a refusal in words
-- is with the referral, under its own key.
CREATE TABLE review_decision (
    id uuid PRIMARY KEY,
    referral uuid NOT NULL REFERENCES referral (id) ON DELETE CASCADE,
    -- In which order they were made: two may be made at one moment.
    position integer NOT NULL CHECK (position > 0),
    member uuid NOT NULL,
    verdict text NOT NULL CHECK (verdict IN ('approved', 'refused', 'reopened')),
    -- Which of our reasons the people concerned were told.
    why text CHECK (why IN ('one_person', 'new_customers', 'order', 'terms', 'other')),
    at timestamptz NOT NULL,
    UNIQUE (referral, position),
    CHECK ((verdict = 'refused') = (why IS NOT NULL))
);
GRANT SELECT, INSERT ON review_decision TO {role};
-- What was refused before gave reasons for the company alone, which nobody else is shown.
INSERT INTO review_decision (id, referral, position, member, verdict, at)
SELECT gen_random_uuid(), id, 1, decided_by, 'approved', decided_at
FROM referral WHERE decided_by IS NOT NULL AND decided_at IS NOT NULL AND state = 'approved';

-- How long people are told they may object to a refusal; what comes later is read too.
CREATE TABLE review_setting (
    id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    object_within_days smallint NOT NULL CHECK (object_within_days BETWEEN 14 AND 365),
    changed_at timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON review_setting TO {role};

-- Those that wait, the oldest first.
DROP INDEX referral_in_review;
CREATE INDEX referral_in_review ON referral (qualified_at, id) WHERE state = 'in_review';
