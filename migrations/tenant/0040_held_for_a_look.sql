-- rewards: what came up after a referral was approved and before its rewards are released holds them until a person has
-- looked; which one lifted it says the decision that was made then.
CREATE TABLE review_hold (
    referral uuid NOT NULL REFERENCES referral (id) ON DELETE CASCADE,
    held_at timestamptz NOT NULL,
    lifted_at timestamptz,
    PRIMARY KEY (referral, held_at),
    CHECK (lifted_at >= held_at)
);
CREATE UNIQUE INDEX review_hold_open ON review_hold (referral) WHERE lifted_at IS NULL;
GRANT SELECT, INSERT ON review_hold TO {role};
GRANT UPDATE (lifted_at) ON review_hold TO {role};

-- When whoever decides was last told that something waits for long.
ALTER TABLE review_setting
    ALTER COLUMN object_within_days SET DEFAULT 42,
    ADD COLUMN reminded_at timestamptz;
