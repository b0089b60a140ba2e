-- payouts: a company's own account at Stripe, who of its people is known there, each call that moves money, and what
-- Stripe tells us.

CREATE TABLE stripe_account (
    id uuid PRIMARY KEY,
    -- Stripe's own name of the account the key belongs to.
    account text NOT NULL CHECK (account ~ '^acct_[A-Za-z0-9_]+$'),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    livemode boolean NOT NULL,
    key_sealed bytea NOT NULL,
    key_end text NOT NULL CHECK (key_end ~ '^[A-Za-z0-9]{4}$'),
    secret_sealed bytea,
    connect_secret_sealed bytea,
    kept_at timestamptz NOT NULL,
    -- How often in a row Stripe gave no answer that can be used, and until when nobody asks again.
    faults integer NOT NULL DEFAULT 0 CHECK (faults >= 0),
    fault text CHECK (fault ~ '^[a-z0-9_]+$'),
    paused_until timestamptz
);
-- A company has one account at most.
CREATE UNIQUE INDEX stripe_account_one ON stripe_account ((true));

-- An advocate's own account at Stripe, which transfers go to; the row stands before Stripe is asked to open it.
CREATE TABLE stripe_recipient (
    id uuid PRIMARY KEY,
    customer uuid NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    account text NOT NULL,
    livemode boolean NOT NULL,
    recipient text UNIQUE CHECK (recipient ~ '^acct_[A-Za-z0-9_]+$'),
    state text NOT NULL CHECK (state IN ('opening', 'waiting', 'active', 'restricted', 'gone')),
    created_at timestamptz NOT NULL,
    asked_at timestamptz,
    UNIQUE (customer, account, livemode),
    CHECK ((recipient IS NULL) = (state = 'opening'))
);
-- Whom Stripe knows as the company's customer, so that credit finds its way.
CREATE TABLE stripe_customer (
    id uuid PRIMARY KEY,
    customer uuid NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    account text NOT NULL,
    livemode boolean NOT NULL,
    stripe_id text NOT NULL CHECK (stripe_id ~ '^cus_[A-Za-z0-9_]+$'),
    told_at timestamptz NOT NULL,
    UNIQUE (customer, account, livemode),
    UNIQUE (stripe_id, account, livemode)
);

-- A call that moves money. It stands here with its idempotency key and all it asks for before it is made, so that
-- whoever comes after a crash asks the very same again. ``attempt`` counts keys, ``tries`` how often one was sent.
CREATE TABLE payout_call (
    id uuid PRIMARY KEY,
    payout uuid NOT NULL REFERENCES payout (id),
    beneficiary uuid NOT NULL REFERENCES customer (id),
    operation text NOT NULL CHECK (operation IN (
        'transfer', 'transfer_reversal', 'credit', 'credit_reversal', 'coupon', 'promotion_code', 'promotion_code_end'
    )),
    attempt integer NOT NULL DEFAULT 1 CHECK (attempt BETWEEN 1 AND 20),
    idempotency_key uuid NOT NULL UNIQUE,
    account text NOT NULL,
    livemode boolean NOT NULL,
    request jsonb NOT NULL CHECK (jsonb_typeof(request) = 'object'),
    state text NOT NULL CHECK (state IN ('open', 'unclear', 'answered', 'refused', 'settled')),
    tries integer NOT NULL DEFAULT 0 CHECK (tries >= 0),
    -- This key will never answer otherwise: what became of the call has to be looked for.
    spent boolean NOT NULL DEFAULT false,
    first_tried_at timestamptz NOT NULL,
    tried_at timestamptz NOT NULL,
    object_id text CHECK (object_id <> ''),
    code text CHECK (code ~ '^[a-z0-9_]+$'),
    CHECK ((state = 'answered') = (object_id IS NOT NULL)),
    UNIQUE (payout, operation, attempt)
);
-- Of one thing to be done one call at most is under way or was answered.
CREATE UNIQUE INDEX payout_call_one ON payout_call (payout, operation) WHERE state IN ('open', 'unclear', 'answered');
CREATE INDEX payout_call_unclear ON payout_call (tried_at) WHERE state IN ('open', 'unclear');
CREATE INDEX payout_call_beneficiary ON payout_call (beneficiary);
CREATE INDEX payout_call_object ON payout_call (object_id) WHERE object_id IS NOT NULL;

-- What Stripe told us, once an event: kept before it is answered, worked off by a job, which asks how things stand now.
CREATE TABLE stripe_event (
    id uuid PRIMARY KEY,
    event text NOT NULL UNIQUE CHECK (event ~ '^evt_[A-Za-z0-9_]+$'),
    type text NOT NULL CHECK (type ~ '^[a-z0-9_.]+$'),
    object_id text CHECK (object_id ~ '^[A-Za-z0-9_]+$'),
    account text CHECK (account ~ '^acct_[A-Za-z0-9_]+$'),
    livemode boolean NOT NULL,
    received_at timestamptz NOT NULL,
    settled_at timestamptz,
    outcome text CHECK (outcome ~ '^[a-z_]+$')
);
CREATE INDEX stripe_event_received ON stripe_event (received_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON stripe_account, stripe_recipient, stripe_customer, stripe_event TO {role};
GRANT SELECT, INSERT, UPDATE ON payout_call TO {role};
