-- payouts: money, codes and goods leave, in batches that somebody approves, each reward once.

-- How a kind of reward is paid.
CREATE TABLE payout_way (
    kind text PRIMARY KEY CHECK (kind IN ('cash', 'credit', 'voucher', 'goods', 'donation', 'points')),
    way text NOT NULL CHECK (way IN ('stripe_transfer', 'stripe_balance', 'stripe_coupon', 'sepa', 'voucher', 'manual',
                                     'goods', 'donation', 'points')),
    changed_at timestamptz NOT NULL
);
-- From which sum on a batch, or one payout in it, is a matter of two people; what is too little to be paid, and what is
-- too much for one person in a calendar year.
CREATE TABLE payout_limit (
    currency text PRIMARY KEY CHECK (currency ~ '^[A-Z]{3}$'),
    least_cents bigint NOT NULL CHECK (least_cents > 0),
    four_eyes_batch_cents bigint NOT NULL CHECK (four_eyes_batch_cents >= 0),
    four_eyes_payout_cents bigint NOT NULL CHECK (four_eyes_payout_cents >= 0),
    most_a_year_cents bigint CHECK (most_a_year_cents > 0),
    changed_at timestamptz NOT NULL
);
-- The company's own bank account, what a transfer says, whom donations go to, and when batches are drafted by themselves.
CREATE TABLE payout_setting (
    id uuid PRIMARY KEY,
    holder text NOT NULL DEFAULT '',
    iban_sealed bytea,
    purpose text NOT NULL DEFAULT '' CHECK (length(purpose) <= 100),
    donation_to text NOT NULL DEFAULT '' CHECK (length(donation_to) <= 140),
    schedule text NOT NULL DEFAULT 'none' CHECK (schedule IN ('none', 'weekly', 'monthly')),
    schedule_day smallint NOT NULL DEFAULT 1 CHECK (schedule_day BETWEEN 1 AND 28),
    drafted_until_date date,
    changed_at timestamptz NOT NULL,
    CHECK (schedule <> 'weekly' OR schedule_day <= 7)
);
CREATE UNIQUE INDEX payout_setting_one ON payout_setting ((true));

CREATE TABLE payout_batch (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    way text NOT NULL CHECK (way IN ('stripe_transfer', 'stripe_balance', 'stripe_coupon', 'sepa', 'voucher', 'manual',
                                     'goods', 'donation', 'points')),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'approved', 'sent', 'done', 'discarded')),
    created_at timestamptz NOT NULL,
    -- NULL is the schedule.
    created_by uuid,
    -- Who stands for what is in it: whoever made it, or looked through what the schedule made.
    checked_by uuid,
    checked_at timestamptz,
    -- Whether two people had to see it, by the limits of the moment in which it was approved.
    four_eyes boolean NOT NULL DEFAULT false,
    approved_by uuid,
    approved_at timestamptz,
    sent_by uuid,
    sent_at timestamptz,
    -- When the bank is asked to carry it out.
    execution_date date,
    settled_at timestamptz,
    CHECK ((checked_by IS NULL) = (checked_at IS NULL)),
    CHECK ((approved_by IS NULL) = (approved_at IS NULL)),
    CHECK (state NOT IN ('approved', 'sent', 'done') OR approved_at IS NOT NULL),
    CHECK (state NOT IN ('sent', 'done') OR sent_at IS NOT NULL),
    CHECK ((state IN ('done', 'discarded')) = (settled_at IS NOT NULL)),
    CHECK (NOT four_eyes OR approved_by IS NULL OR (checked_by IS NOT NULL AND checked_by <> approved_by))
);
CREATE INDEX payout_batch_newest ON payout_batch (created_at DESC, id DESC);
CREATE INDEX payout_batch_open ON payout_batch (created_at) WHERE state NOT IN ('done', 'discarded');

CREATE TABLE payout (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    batch uuid NOT NULL REFERENCES payout_batch (id),
    beneficiary uuid NOT NULL REFERENCES customer (id),
    way text NOT NULL CHECK (way IN ('stripe_transfer', 'stripe_balance', 'stripe_coupon', 'sepa', 'voucher', 'manual',
                                     'goods', 'donation', 'points')),
    cents bigint NOT NULL CHECK (cents > 0),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    state text NOT NULL DEFAULT 'created'
        CHECK (state IN ('created', 'approved', 'submitted', 'unknown', 'confirmed', 'failed', 'returned')),
    -- Told to whoever carries it, and the same however often it is tried.
    idempotency_key uuid NOT NULL UNIQUE,
    -- What it is called where it was carried: an object's id, a bank's reference, a number of the books.
    reference text NOT NULL DEFAULT '' CHECK (length(reference) <= 140),
    reason text NOT NULL DEFAULT '' CHECK (reason ~ '^[a-z_]*$'),
    created_at timestamptz NOT NULL,
    approved_at timestamptz,
    submitted_at timestamptz,
    settled_at timestamptz,
    -- Whether its rewards are paid or about to be: what failed or came back lets them go.
    stands boolean NOT NULL GENERATED ALWAYS AS (state NOT IN ('failed', 'returned')) STORED,
    UNIQUE (id, stands),
    CHECK (state = 'created' OR state = 'failed' OR approved_at IS NOT NULL),
    CHECK (state IN ('created', 'approved', 'failed') OR submitted_at IS NOT NULL),
    CHECK (state NOT IN ('created', 'approved') OR submitted_at IS NULL),
    CHECK ((state IN ('confirmed', 'failed', 'returned')) = (settled_at IS NOT NULL)),
    CHECK (stands OR reason <> '')
);
CREATE INDEX payout_batch_all ON payout (batch, id);
CREATE INDEX payout_beneficiary ON payout (beneficiary, created_at DESC);
CREATE INDEX payout_open ON payout (submitted_at, id) WHERE state IN ('submitted', 'unknown');

-- What a payout pays: a reward is in one that stands, which the database says for itself, since what stands follows its
-- payout. Of a reward may be kept what the person owes for one that was taken back after it was paid.
CREATE TABLE payout_item (
    payout uuid NOT NULL,
    reward uuid NOT NULL REFERENCES reward (id),
    stands boolean NOT NULL DEFAULT true,
    cents bigint NOT NULL CHECK (cents >= 0),
    set_off_cents bigint NOT NULL DEFAULT 0 CHECK (set_off_cents >= 0),
    PRIMARY KEY (payout, reward),
    FOREIGN KEY (payout, stands) REFERENCES payout (id, stands) ON UPDATE CASCADE,
    CHECK (cents + set_off_cents > 0)
);
CREATE UNIQUE INDEX payout_item_once ON payout_item (reward) WHERE stands;
CREATE INDEX payout_item_reward ON payout_item (reward);

-- Where a person wants their money, and where goods are sent; under their own key, and nobody's to enter but theirs.
CREATE TABLE payout_account (
    id uuid PRIMARY KEY,
    customer uuid NOT NULL UNIQUE REFERENCES customer (id) ON DELETE CASCADE,
    iban_sealed bytea NOT NULL,
    holder_sealed bytea NOT NULL,
    entered_at timestamptz NOT NULL
);
CREATE TABLE payout_address (
    id uuid PRIMARY KEY,
    customer uuid NOT NULL UNIQUE REFERENCES customer (id) ON DELETE CASCADE,
    address_sealed bytea NOT NULL,
    entered_at timestamptz NOT NULL
);

-- Codes of one worth that the company brought; each is given to one payout, and one payout gets one.
CREATE TABLE voucher_pool (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL CHECK (name <> '' AND length(name) <= 80),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    cents bigint NOT NULL CHECK (cents > 0),
    low_below integer NOT NULL CHECK (low_below >= 0),
    -- When it was last told that few are left.
    told_at timestamptz,
    created_at timestamptz NOT NULL,
    created_by uuid NOT NULL,
    UNIQUE (currency, cents)
);
CREATE TABLE voucher (
    id uuid PRIMARY KEY,
    pool uuid NOT NULL REFERENCES voucher_pool (id),
    position integer NOT NULL CHECK (position > 0),
    code_sealed bytea NOT NULL,
    code_hash text NOT NULL UNIQUE,
    expires_date date,
    added_at timestamptz NOT NULL,
    payout uuid UNIQUE REFERENCES payout (id),
    given_at timestamptz,
    UNIQUE (pool, position),
    CHECK ((payout IS NULL) = (given_at IS NULL))
);
CREATE INDEX voucher_next ON voucher (pool, position) WHERE payout IS NULL;

GRANT SELECT, INSERT, UPDATE, DELETE ON payout_way, payout_limit, payout_setting, payout_account, payout_address TO {role};
-- What somebody is to be paid, and of which rewards, stands as it was written.
GRANT SELECT, INSERT ON payout_batch, payout, payout_item, voucher_pool, voucher TO {role};
GRANT UPDATE (state, checked_by, checked_at, four_eyes, approved_by, approved_at, sent_by, sent_at, execution_date,
              settled_at) ON payout_batch TO {role};
GRANT UPDATE (state, reference, reason, approved_at, submitted_at, settled_at) ON payout TO {role};
GRANT UPDATE (name, low_below, told_at) ON voucher_pool TO {role};
GRANT UPDATE (code_sealed, payout, given_at) ON voucher TO {role};
