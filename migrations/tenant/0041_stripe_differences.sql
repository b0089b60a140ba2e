-- payouts: where Stripe's books and ours say otherwise. Nothing is put right by itself; what is not so any more is settled.
CREATE TABLE stripe_difference (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('missing_there', 'unknown_here', 'other_sum', 'ended_here', 'came_back', 'unclear')),
    payout uuid NOT NULL,
    object_id text NOT NULL DEFAULT '' CHECK (object_id ~ '^[A-Za-z0-9_]*$'),
    ours_cents bigint,
    theirs_cents bigint,
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    found_at timestamptz NOT NULL,
    settled_at timestamptz,
    CHECK (ours_cents IS NOT NULL OR theirs_cents IS NOT NULL)
);
CREATE UNIQUE INDEX stripe_difference_one ON stripe_difference (payout, kind, object_id) WHERE settled_at IS NULL;
ALTER TABLE stripe_account ADD COLUMN compared_at timestamptz;
GRANT SELECT, INSERT, UPDATE (settled_at) ON stripe_difference TO {role};
