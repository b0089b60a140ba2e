-- conversions: beside a purchase a sign-up and an event of the company's own, told in whichever order; one thing told
-- counts once in the company, for one program or for none.
ALTER TABLE conversion
    ALTER COLUMN program DROP NOT NULL,
    ADD COLUMN kind text NOT NULL DEFAULT 'purchase' CHECK (kind IN ('purchase', 'sign_up', 'event')),
    ADD COLUMN event_key text NOT NULL DEFAULT '' CHECK (event_key ~ '^([a-z0-9_.-]{1,60})?$'),
    -- Which of all that was told of the customer: what was told at one moment has an order too.
    ADD COLUMN number bigint CHECK (number > 0),
    -- Why a person has to look before it earns, where one has: its referral stands approved, by an earlier one.
    ADD COLUMN doubt text CHECK (doubt IN ('large_order', 'budget')),
    ADD CHECK ((kind = 'event') = (event_key <> '')),
    DROP CONSTRAINT conversion_program_order_id_key;
UPDATE conversion c SET number = o.number
FROM (SELECT id, row_number() OVER (PARTITION BY customer ORDER BY recorded_at, id) AS number FROM conversion) o
WHERE o.id = c.id;
ALTER TABLE conversion ALTER COLUMN number SET NOT NULL, ADD UNIQUE (customer, number);
CREATE UNIQUE INDEX conversion_told ON conversion (order_id, kind, event_key);
CREATE INDEX conversion_in_doubt ON conversion (recorded_at) WHERE doubt IS NOT NULL;
DROP INDEX conversion_bought;
CREATE INDEX conversion_bought ON conversion (occurred_at) INCLUDE (customer, cents, currency)
    WHERE refunded_at IS NULL AND kind = 'purchase';

-- What was given back of an order, as often as the company told of it; without a sum it was all of it. It may be told
-- before the order is, and waits for it.
CREATE TABLE refund (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    order_id text NOT NULL CHECK (order_id <> ''),
    told_as text NOT NULL,
    cents bigint CHECK (cents > 0),
    told_at timestamptz NOT NULL,
    -- The order, once it is known.
    conversion uuid REFERENCES conversion (id) ON DELETE CASCADE,
    UNIQUE (order_id, told_as)
);
CREATE INDEX refund_conversion ON refund (conversion);
GRANT SELECT, INSERT, DELETE ON refund TO {role};
GRANT UPDATE (conversion, order_id, told_as) ON refund TO {role};

-- rewards: each rule may earn one a conversion, and one that pays once may earn one a referral; a milestone is reached
-- once in a program. What was taken back may be earned again.
ALTER TABLE reward
    ADD COLUMN version uuid REFERENCES program_version (id),
    ADD COLUMN once boolean NOT NULL DEFAULT true,
    ADD COLUMN milestone text,
    -- Why somebody of the company has to look before it goes on its way.
    ADD COLUMN doubt text CHECK (doubt IN ('milestone_lost')),
    DROP CONSTRAINT reward_referral_side_key,
    DROP CONSTRAINT reward_kind_check,
    ADD CHECK (kind IN ('cash', 'credit', 'voucher', 'goods', 'donation', 'points')),
    ADD CHECK ((kind = 'points') = (currency = 'PTS'));
UPDATE reward w SET version = r.version FROM reward_rule r WHERE r.id = w.rule;
ALTER TABLE reward ALTER COLUMN version SET NOT NULL, ALTER COLUMN once DROP DEFAULT;
CREATE UNIQUE INDEX reward_of_conversion ON reward (conversion, rule, beneficiary) WHERE state <> 'canceled';
CREATE UNIQUE INDEX reward_once ON reward (referral, rule) WHERE once AND state <> 'canceled';
CREATE UNIQUE INDEX reward_milestone ON reward (program, beneficiary, milestone)
    WHERE milestone IS NOT NULL AND state <> 'canceled';
CREATE INDEX reward_referral ON reward (referral);
CREATE INDEX reward_earned ON reward (program, beneficiary, granted_at) WHERE state NOT IN ('canceled', 'expired');
CREATE INDEX reward_in_doubt ON reward (granted_at) WHERE doubt IS NOT NULL;
-- What was earned is never changed: a row may move in its life, and nothing else of it.
REVOKE UPDATE ON reward FROM {role};
GRANT UPDATE (state, reason, voucher_code, doubt, decided_at) ON reward TO {role};

-- By how much less a reward is worth since a part of its order was given back.
CREATE TABLE reward_reduction (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    reward uuid NOT NULL REFERENCES reward (id),
    refund uuid NOT NULL,
    cents bigint NOT NULL CHECK (cents > 0),
    reduced_at timestamptz NOT NULL,
    UNIQUE (reward, refund)
);
GRANT SELECT, INSERT ON reward_reduction TO {role};

-- What each rule said of a conversion, whenever it was judged: whether it paid, how much, and else why not.
CREATE TABLE judgement (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    conversion uuid NOT NULL REFERENCES conversion (id) ON DELETE CASCADE,
    referral uuid NOT NULL REFERENCES referral (id) ON DELETE CASCADE,
    rule uuid NOT NULL REFERENCES reward_rule (id),
    passed boolean NOT NULL,
    reason text NOT NULL CHECK (reason ~ '^[a-z_]+$'),
    cents bigint NOT NULL CHECK (cents >= 0),
    judged_at timestamptz NOT NULL,
    CHECK (passed = (cents > 0))
);
CREATE INDEX judgement_conversion ON judgement (conversion);
CREATE INDEX judgement_referral ON judgement (referral);
GRANT SELECT, INSERT ON judgement TO {role};
