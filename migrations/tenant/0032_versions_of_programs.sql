-- programs: what people are told and owed is a version of its own, which is only ever appended; whatever was promised
-- under an older one stays readable and owed. What a program is beside that (state, period, budget) is moved by deeds.
CREATE TABLE program_version (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    program uuid NOT NULL REFERENCES program (id),
    number integer NOT NULL CHECK (number > 0),
    texts jsonb NOT NULL CHECK (jsonb_typeof(texts) = 'object'),
    -- By language the text that is accepted; without one it is the company's own terms.
    terms jsonb NOT NULL CHECK (jsonb_typeof(terms) = 'object'),
    -- Who may take part: whoever is in this segment, else everybody.
    audience uuid REFERENCES segment (id),
    hold_days integer NOT NULL CHECK (hold_days BETWEEN 0 AND 365),
    -- For how long after the sign-up something counts; without an end where there is none.
    attribution_days integer CHECK (attribution_days BETWEEN 1 AND 3650),
    minimum_age integer CHECK (minimum_age BETWEEN 1 AND 99),
    -- Of ISO 3166-1; all of them where none is named.
    countries text[] NOT NULL,
    new_customers_only boolean NOT NULL,
    once_per_relation boolean NOT NULL,
    published_at timestamptz NOT NULL,
    published_by text NOT NULL CHECK (published_by ~ '^(staff|operator):'),
    UNIQUE (program, number)
);
GRANT SELECT, INSERT ON program_version TO {role};

-- A version for each moment at which rules came or went; of earlier words nothing is known.
INSERT INTO program_version (program, number, texts, terms, hold_days, countries, new_customers_only, once_per_relation,
                             published_at, published_by)
SELECT moment.program, row_number() OVER (PARTITION BY moment.program ORDER BY moment.at), p.texts, '{}', p.hold_days,
       '{}', true, true, moment.at, 'operator:cli'
FROM (
    SELECT program, effective_at AS at FROM reward_rule
    UNION SELECT program, retired_at FROM reward_rule WHERE retired_at IS NOT NULL
    UNION SELECT id, updated_at FROM program WHERE NOT EXISTS (SELECT FROM reward_rule r WHERE r.program = program.id)
) AS moment JOIN program p ON p.id = moment.program;

DROP INDEX reward_rule_current;
ALTER TABLE reward_rule
    ADD COLUMN version uuid REFERENCES program_version (id),
    ADD COLUMN key text CHECK (key ~ '^[a-z0-9-]{1,40}$'),
    ADD COLUMN trigger text NOT NULL DEFAULT 'purchase' CHECK (trigger IN ('sign_up', 'purchase', 'event')),
    ADD COLUMN event_key text CHECK (event_key ~ '^[a-z0-9_.-]{1,60}$'),
    -- Which purchase or event of the friend: the first, the n-th, or each where there is none.
    ADD COLUMN nth integer CHECK (nth BETWEEN 1 AND 1000),
    -- Instead of a sum: hundredths of a percent of the order, at least and at most so much.
    ADD COLUMN percent_bp integer CHECK (percent_bp BETWEEN 1 AND 10000),
    ADD COLUMN least_cents bigint CHECK (least_cents >= 0),
    ADD COLUMN most_cents bigint CHECK (most_cents > 0),
    -- From the advocate's n-th approved referral on, or once at exactly the n-th.
    ADD COLUMN from_count integer CHECK (from_count BETWEEN 2 AND 10000),
    ADD COLUMN milestone integer CHECK (milestone BETWEEN 1 AND 10000),
    -- For so many months after the sign-up, and so many times at most.
    ADD COLUMN recurring_months integer CHECK (recurring_months BETWEEN 1 AND 120),
    ADD COLUMN most_times integer CHECK (most_times BETWEEN 1 AND 1000),
    ADD COLUMN begins_at timestamptz,
    ADD COLUMN ends_at timestamptz,
    -- A bonus comes on top of whatever else is earned.
    ADD COLUMN bonus boolean NOT NULL DEFAULT false,
    -- Where it is held longer or shorter than the version says.
    ADD COLUMN hold_days integer CHECK (hold_days BETWEEN 0 AND 365),
    ALTER COLUMN cents DROP NOT NULL,
    DROP CONSTRAINT reward_rule_kind_check,
    ADD CHECK (kind IN ('cash', 'credit', 'voucher', 'goods', 'donation', 'points')),
    ADD CHECK ((cents IS NULL) <> (percent_bp IS NULL)),
    ADD CHECK (percent_bp IS NOT NULL OR (least_cents IS NULL AND most_cents IS NULL)),
    ADD CHECK (percent_bp IS NULL OR trigger <> 'sign_up'),
    ADD CHECK (least_cents <= most_cents),
    ADD CHECK ((trigger = 'event') = (event_key IS NOT NULL)),
    ADD CHECK (trigger <> 'sign_up' OR (nth IS NULL AND minimum_order_cents = 0)),
    ADD CHECK (side = 'advocate' OR (from_count IS NULL AND milestone IS NULL)),
    ADD CHECK (from_count IS NULL OR milestone IS NULL),
    ADD CHECK (ends_at > begins_at);
-- What a reward refers to belongs to the version it came with; where it went on to hold it is a row of the next too. A
-- referral earned by one purchase alone, the first that met the rule.
UPDATE reward_rule r SET version = v.id, key = r.side, most_times = 1 FROM program_version v
WHERE v.program = r.program AND v.published_at = r.effective_at;
INSERT INTO reward_rule (version, key, program, side, kind, cents, minimum_order_cents, most_times, effective_at)
SELECT v.id, r.key, r.program, r.side, r.kind, r.cents, r.minimum_order_cents, r.most_times, r.effective_at
FROM reward_rule r JOIN program_version v ON v.program = r.program AND v.published_at > r.effective_at
WHERE r.retired_at IS NULL OR v.published_at < r.retired_at;
ALTER TABLE reward_rule
    ALTER COLUMN version SET NOT NULL,
    ALTER COLUMN key SET NOT NULL,
    ALTER COLUMN trigger DROP DEFAULT,
    ALTER COLUMN bonus DROP DEFAULT,
    ALTER COLUMN minimum_order_cents DROP DEFAULT,
    DROP COLUMN program,
    DROP COLUMN effective_at,
    DROP COLUMN retired_at,
    ADD UNIQUE (version, key);
REVOKE UPDATE, DELETE ON reward_rule FROM {role};

-- How much at most: for one person or the whole program, by month, year, tax year or ever, in money or in number.
CREATE TABLE program_cap (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    version uuid NOT NULL REFERENCES program_version (id),
    scope text NOT NULL CHECK (scope IN ('person', 'program')),
    per text NOT NULL CHECK (per IN ('month', 'year', 'tax_year', 'ever')),
    most_cents bigint CHECK (most_cents > 0),
    most_rewards integer CHECK (most_rewards > 0),
    UNIQUE (version, scope, per),
    CHECK (most_cents IS NOT NULL OR most_rewards IS NOT NULL)
);
GRANT SELECT, INSERT ON program_cap TO {role};

DROP INDEX program_live;
ALTER TABLE program
    DROP COLUMN texts,
    DROP COLUMN hold_days,
    ADD COLUMN begins_at timestamptz,
    ADD COLUMN ends_at timestamptz,
    ADD COLUMN four_eyes_above_cents bigint CHECK (four_eyes_above_cents > 0),
    ADD CHECK (ends_at > begins_at);
REVOKE UPDATE, DELETE ON program FROM {role};
GRANT UPDATE (state, currency, budget_cents, begins_at, ends_at, review_above_cents, four_eyes_above_cents, updated_at)
    ON program TO {role};
-- Who changed what of a program beside its versions, and when.
CREATE TABLE program_move (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    program uuid NOT NULL REFERENCES program (id),
    field text NOT NULL CHECK (field IN ('state', 'currency', 'budget_cents', 'begins_at', 'ends_at', 'review_above_cents',
                                         'four_eyes_above_cents')),
    was text,
    became text,
    at timestamptz NOT NULL,
    by text NOT NULL CHECK (by ~ '^(staff|operator):')
);
CREATE INDEX program_move_program ON program_move (program, at DESC);
GRANT SELECT, INSERT ON program_move TO {role};
-- What the next version may become, right or wrong, until it is published or let go.
CREATE TABLE program_draft (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    key text NOT NULL UNIQUE CHECK (key ~ '^[a-z0-9-]{1,60}$'),
    terms jsonb NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_by uuid NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON program_draft TO {role};

-- What somebody accepted and was promised: the version that stood when they asked to take part, or signed up.
ALTER TABLE participation ADD COLUMN version uuid REFERENCES program_version (id);
UPDATE participation t SET version = (
    SELECT v.id FROM program_version v WHERE v.program = t.program
    ORDER BY v.published_at <= t.requested_at DESC, abs(extract(epoch FROM v.published_at - t.requested_at)) LIMIT 1);
ALTER TABLE participation ALTER COLUMN version SET NOT NULL;
ALTER TABLE referral ADD COLUMN version uuid REFERENCES program_version (id);
UPDATE referral r SET version = (
    SELECT v.id FROM program_version v WHERE v.program = r.program
    ORDER BY v.published_at <= r.attributed_at DESC, abs(extract(epoch FROM v.published_at - r.attributed_at)) LIMIT 1);
ALTER TABLE referral ALTER COLUMN version SET NOT NULL;
