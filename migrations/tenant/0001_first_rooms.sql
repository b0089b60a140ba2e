-- The rooms of one company. Runs with the company's schema as the only one in the search path; {role} is the company's
-- LOGIN role, {company} its id in the directory. Tables belong to the migration role, so the company may use them and
-- not alter them.
-- What names or reaches a person, and what people wrote in their own words, is a column ``<what>_sealed``: a seal of the
-- company's data key, bound to table, column and row. NULL is nothing told; an empty text is never sealed.

-- company: who speaks.
CREATE TABLE company_profile (
    id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    name text NOT NULL CHECK (name <> ''),
    legal_name text NOT NULL CHECK (legal_name <> ''),
    imprint jsonb NOT NULL,
    sender_name text NOT NULL,
    sender_email text NOT NULL,
    languages jsonb NOT NULL,
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    time_zone text NOT NULL,
    theme text NOT NULL,
    tokens jsonb NOT NULL DEFAULT '{}',
    worn jsonb NOT NULL DEFAULT '{}',
    logo text,
    updated_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT, INSERT, UPDATE ON company_profile TO {role};

-- audit: who did what when; append-only by grant.
CREATE TABLE audit_entry (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    at timestamptz NOT NULL DEFAULT now(),
    actor text NOT NULL CHECK (actor ~ '^(staff|customer|key|system|operator):'),
    action text NOT NULL CHECK (action ~ '^[a-z_]+\.[a-z_]+$'),
    subject uuid,
    detail jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_entry_at ON audit_entry (at DESC, id DESC);
GRANT SELECT, INSERT ON audit_entry TO {role};

-- ledger: accounts and postings; a posting names both sides, is append-only by grant, and posts its cause once.
CREATE TABLE ledger_account (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    kind text NOT NULL CHECK (kind IN ('program_budget', 'reward_pending', 'reward_available', 'payout_in_transit',
                                       'paid_out', 'expired', 'clawback')),
    owner uuid NOT NULL,
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    opened_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (owner, kind, currency),
    UNIQUE (id, currency)
);
CREATE TABLE ledger_posting (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    debit uuid NOT NULL,
    credit uuid NOT NULL,
    currency text NOT NULL,
    cents bigint NOT NULL CHECK (cents > 0),
    cause text NOT NULL UNIQUE,
    posted_at timestamptz NOT NULL,
    CHECK (debit <> credit),
    FOREIGN KEY (debit, currency) REFERENCES ledger_account (id, currency),
    FOREIGN KEY (credit, currency) REFERENCES ledger_account (id, currency)
);
CREATE INDEX ledger_posting_debit ON ledger_posting (debit);
CREATE INDEX ledger_posting_credit ON ledger_posting (credit);
GRANT SELECT, INSERT ON ledger_account, ledger_posting TO {role};

-- staff: the company's own accounts and keys.
CREATE TABLE staff_member (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email_sealed bytea NOT NULL,
    email_hash text NOT NULL UNIQUE,
    name_sealed bytea NOT NULL,
    role text NOT NULL CHECK (role IN ('owner', 'viewer')),
    language text NOT NULL DEFAULT 'de',
    password_hash text,
    totp_sealed bytea,
    totp_last_step bigint NOT NULL DEFAULT 0,
    enrolment_hash text UNIQUE,
    enrolment_expires_at timestamptz,
    failed_attempts integer NOT NULL DEFAULT 0,
    failed_at timestamptz,
    disabled_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE staff_session (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    member uuid NOT NULL REFERENCES staff_member (id) ON DELETE CASCADE,
    token_hash text NOT NULL UNIQUE,
    second_factor_at timestamptz,
    created_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    ended_at timestamptz
);
CREATE INDEX staff_session_member ON staff_session (member);
CREATE TABLE staff_api_key (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL UNIQUE,
    token_hash text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    used_at timestamptz,
    revoked_at timestamptz
);
-- How often one place tried to sign in and failed; the place is a keyed hash, and the row goes when the window ends.
CREATE TABLE staff_attempt (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    peer_hash text NOT NULL UNIQUE,
    attempts integer NOT NULL CHECK (attempts >= 0),
    ends_at timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON staff_member, staff_session, staff_api_key, staff_attempt TO {role};

-- customers: people of this company, and no other's.
CREATE TABLE customer (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    stage text NOT NULL DEFAULT 'customer' CHECK (stage IN ('lead', 'customer')),
    external_id text UNIQUE CHECK (external_id <> ''),
    email_sealed bytea,
    -- The address as requests, sessions and suppressions know it, so that nothing is unsealed to compare them.
    email_hash text UNIQUE,
    given_name_sealed bytea,
    family_name_sealed bytea,
    phone_sealed bytea,
    birth_date_sealed bytea,
    -- Keyed hashes of each word of the name and of the telephone number: all that a search can find.
    found_by bigint[] NOT NULL DEFAULT '{}',
    country text CHECK (country ~ '^[A-Z]{2}$'),
    language text CHECK (language ~ '^[a-z]{2}$'),
    customer_since_date date,
    source text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CHECK (external_id IS NOT NULL OR email_hash IS NOT NULL),
    CHECK ((email_sealed IS NULL) = (email_hash IS NULL))
);
CREATE INDEX customer_created ON customer (created_at DESC, id DESC);
-- Without a list of what is not sorted in yet, which every search would read through after a file has come in.
CREATE INDEX customer_found_by ON customer USING gin (found_by) WITH (fastupdate = off);
CREATE INDEX customer_external_id_prefix ON customer (lower(external_id) text_pattern_ops);
-- A way into the portal holds for the address it was mailed to and for no other; an empty hash is nobody's.
CREATE TABLE customer_session (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    customer uuid NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    address_hash text NOT NULL DEFAULT '',
    token_hash text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    ended_at timestamptz
);
CREATE INDEX customer_session_customer ON customer_session (customer);
CREATE TABLE customer_login (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    customer uuid NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    address_hash text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX customer_login_customer ON customer_login (customer);
GRANT SELECT, INSERT, UPDATE, DELETE ON customer, customer_session, customer_login TO {role};

-- consent: exact wordings by version; events append-only by grant; the state is the fold of the events.
CREATE TABLE consent_text (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    kind text NOT NULL CHECK (kind IN ('consent', 'terms', 'notice')),
    purpose text NOT NULL DEFAULT '' CHECK (purpose ~ '^[a-z_]*$'),
    channels jsonb NOT NULL DEFAULT '[]',
    language text NOT NULL CHECK (language ~ '^[a-z]{2}$'),
    version integer NOT NULL CHECK (version > 0),
    title text NOT NULL,
    wording text NOT NULL CHECK (wording <> ''),
    sha256 text NOT NULL,
    published_at timestamptz NOT NULL,
    UNIQUE (kind, purpose, language, version)
);
CREATE TABLE consent_request (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    customer uuid NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    address_hash text NOT NULL DEFAULT '',
    source text NOT NULL,
    requested_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    confirmed_at timestamptz
);
CREATE INDEX consent_request_customer ON consent_request (customer);
CREATE TABLE consent_event (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    customer uuid NOT NULL,
    request uuid,
    text uuid NOT NULL REFERENCES consent_text (id),
    -- The controller in words, and the company it is: nobody, not even the company, can write another one here.
    controller text NOT NULL CHECK (controller <> ''),
    controller_id uuid NOT NULL GENERATED ALWAYS AS ('{company}'::uuid) STORED,
    purpose text NOT NULL CHECK (purpose ~ '^[a-z_]+$'),
    channel text NOT NULL CHECK (channel IN ('email', 'phone', 'post', 'sms')),
    state text NOT NULL CHECK (state IN ('requested', 'given', 'refused', 'withdrawn', 'expired')),
    source text NOT NULL,
    evidence jsonb NOT NULL DEFAULT '{}',
    -- How and in which words a consent was given elsewhere, as somebody of the company wrote it.
    basis_sealed bytea,
    at timestamptz NOT NULL
);
CREATE INDEX consent_event_person ON consent_event (customer, purpose, channel, at DESC);
CREATE TABLE consent_suppression (
    address_hash text NOT NULL,
    channel text NOT NULL CHECK (channel IN ('email', 'phone', 'post', 'sms')),
    reason text NOT NULL CHECK (reason ~ '^[a-z_]+$'),
    at timestamptz NOT NULL,
    PRIMARY KEY (address_hash, channel)
);
GRANT SELECT, INSERT ON consent_text, consent_event TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON consent_request, consent_suppression TO {role};

-- messages: one way out for all mail.
CREATE TABLE message (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    customer uuid REFERENCES customer (id) ON DELETE SET NULL,
    member uuid REFERENCES staff_member (id) ON DELETE SET NULL,
    kind text NOT NULL CHECK (kind ~ '^[a-z_]+$'),
    purpose text CHECK (purpose ~ '^[a-z_]+$'),
    subject_id uuid,
    question text NOT NULL DEFAULT '',
    language text NOT NULL,
    state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sent', 'held', 'failed')),
    held_reason text CHECK (held_reason ~ '^[a-z_]+$'),
    message_id text NOT NULL UNIQUE,
    -- Where it went, as a keyed hash: whoever unsubscribes by it stops that address, whatever the person's is by then.
    address_hash text,
    -- Codes alone: a server's words quote the address.
    smtp_response text CHECK (smtp_response ~ '^[0-9.; ]*$'),
    created_at timestamptz NOT NULL,
    sent_at timestamptz,
    CHECK ((customer IS NULL) OR (member IS NULL)),
    CHECK ((state = 'held') = (held_reason IS NOT NULL))
);
CREATE INDEX message_customer ON message (customer, created_at DESC);
GRANT SELECT, INSERT, UPDATE ON message TO {role};
-- How many mails strangers had sent, by place, link and mailbox; all are keyed hashes, and go when the window ends.
CREATE TABLE mail_attempt (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    key_hash text NOT NULL UNIQUE,
    attempts integer NOT NULL CHECK (attempts >= 0),
    ends_at timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON mail_attempt TO {role};

-- surveys: questions, invitations, answers.
CREATE TABLE survey (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    key text NOT NULL,
    version integer NOT NULL CHECK (version > 0),
    texts jsonb NOT NULL,
    published_at timestamptz NOT NULL,
    UNIQUE (key, version)
);
CREATE TABLE survey_invitation (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    survey uuid NOT NULL REFERENCES survey (id),
    customer uuid NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    invited_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    answered_at timestamptz
);
CREATE INDEX survey_invitation_customer ON survey_invitation (customer, invited_at DESC);
CREATE TABLE survey_answer (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    survey uuid NOT NULL REFERENCES survey (id),
    invitation uuid UNIQUE REFERENCES survey_invitation (id) ON DELETE SET NULL,
    customer uuid REFERENCES customer (id) ON DELETE SET NULL,
    imported_ref text UNIQUE,
    score smallint NOT NULL CHECK (score BETWEEN 0 AND 10),
    comment_sealed bytea,
    language text NOT NULL,
    channel text NOT NULL CHECK (channel IN ('email', 'import', 'portal', 'api')),
    weight numeric(12, 10) CHECK (weight > 0),
    answered_at timestamptz NOT NULL
);
CREATE INDEX survey_answer_survey ON survey_answer (survey, answered_at) INCLUDE (score);
CREATE INDEX survey_answer_recent ON survey_answer (answered_at DESC, id DESC);
CREATE INDEX survey_answer_customer ON survey_answer (customer);
GRANT SELECT, INSERT, UPDATE, DELETE ON survey, survey_invitation, survey_answer TO {role};

-- programs: a company's offer, its terms, its limits.
CREATE TABLE program (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    key text NOT NULL UNIQUE CHECK (key ~ '^[a-z0-9-]+$'),
    state text NOT NULL CHECK (state IN ('draft', 'live', 'paused', 'ended')),
    texts jsonb NOT NULL,
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    budget_cents bigint NOT NULL CHECK (budget_cents >= 0),
    hold_days integer NOT NULL CHECK (hold_days BETWEEN 0 AND 365),
    review_above_cents bigint CHECK (review_above_cents > 0),
    updated_at timestamptz NOT NULL
);
-- A company runs one program at a time.
CREATE UNIQUE INDEX program_live ON program (state) WHERE state = 'live';
CREATE TABLE reward_rule (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    program uuid NOT NULL REFERENCES program (id),
    side text NOT NULL CHECK (side IN ('advocate', 'friend')),
    kind text NOT NULL CHECK (kind IN ('cash', 'credit', 'voucher')),
    cents bigint NOT NULL CHECK (cents > 0),
    minimum_order_cents bigint NOT NULL DEFAULT 0 CHECK (minimum_order_cents >= 0),
    effective_at timestamptz NOT NULL,
    retired_at timestamptz
);
CREATE UNIQUE INDEX reward_rule_current ON reward_rule (program, side) WHERE retired_at IS NULL;
CREATE TABLE participation (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    program uuid NOT NULL REFERENCES program (id),
    customer uuid NOT NULL REFERENCES customer (id),
    terms uuid NOT NULL REFERENCES consent_text (id),
    requested_at timestamptz NOT NULL,
    confirmed_at timestamptz,
    ended_at timestamptz,
    UNIQUE (program, customer)
);
CREATE INDEX participation_customer ON participation (customer);
-- Whoever was invited by mail is not invited again.
CREATE TABLE program_invitation (
    program uuid NOT NULL REFERENCES program (id),
    customer uuid NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    invited_at timestamptz NOT NULL,
    PRIMARY KEY (customer, program)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON program, reward_rule, participation, program_invitation TO {role};

-- referrals: links, clicks, referrals, conversions.
CREATE TABLE share_link (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    program uuid NOT NULL REFERENCES program (id),
    advocate uuid NOT NULL REFERENCES customer (id),
    code text NOT NULL UNIQUE CHECK (code ~ '^[a-z0-9]{8,16}$'),
    created_at timestamptz NOT NULL,
    retired_at timestamptz,
    UNIQUE (advocate, program)
);
CREATE TABLE click_count (
    link uuid NOT NULL REFERENCES share_link (id) ON DELETE CASCADE,
    day_date date NOT NULL,
    clicks bigint NOT NULL CHECK (clicks > 0),
    PRIMARY KEY (link, day_date)
);
CREATE TABLE referral (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    program uuid NOT NULL REFERENCES program (id),
    link uuid NOT NULL REFERENCES share_link (id),
    advocate uuid NOT NULL REFERENCES customer (id),
    friend uuid NOT NULL REFERENCES customer (id),
    request uuid NOT NULL UNIQUE,
    terms uuid NOT NULL REFERENCES consent_text (id),
    state text NOT NULL CHECK (state IN ('attributed', 'qualified', 'in_review', 'approved', 'rejected', 'expired',
                                         'voided')),
    -- Typed by who decided, and may name people.
    reason_sealed bytea,
    -- Why a person has to look, where one has.
    doubt text CHECK (doubt IN ('same_address', 'same_phone', 'same_birth', 'same_name', 'large_order', 'budget')),
    attributed_at timestamptz NOT NULL,
    confirmed_at timestamptz,
    qualified_at timestamptz,
    decided_at timestamptz,
    decided_by uuid,
    CHECK (advocate <> friend),
    CHECK (state NOT IN ('rejected', 'voided') OR reason_sealed IS NOT NULL)
);
CREATE INDEX referral_advocate ON referral (advocate, attributed_at DESC);
CREATE INDEX referral_recent ON referral (attributed_at DESC, id DESC);
CREATE INDEX referral_friend ON referral (friend);
CREATE INDEX referral_in_review ON referral (attributed_at DESC) WHERE state = 'in_review';
-- Whoever the friend confirms first is the one who recommended; a sign-up nobody confirmed takes nothing from anybody.
CREATE UNIQUE INDEX referral_confirmed ON referral (program, friend) WHERE confirmed_at IS NOT NULL;
CREATE TABLE conversion (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    program uuid NOT NULL REFERENCES program (id),
    order_id text NOT NULL CHECK (order_id <> ''),
    customer uuid NOT NULL REFERENCES customer (id),
    referral uuid REFERENCES referral (id),
    cents bigint NOT NULL CHECK (cents >= 0),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    occurred_at timestamptz NOT NULL,
    recorded_at timestamptz NOT NULL,
    refunded_at timestamptz,
    UNIQUE (program, order_id)
);
CREATE INDEX conversion_customer ON conversion (customer);
CREATE INDEX conversion_referral ON conversion (referral);
GRANT SELECT, INSERT, UPDATE, DELETE ON share_link, click_count, referral, conversion TO {role};

-- rewards: what a referral is worth to each side.
CREATE TABLE reward (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    program uuid NOT NULL REFERENCES program (id),
    referral uuid NOT NULL REFERENCES referral (id),
    conversion uuid NOT NULL REFERENCES conversion (id),
    rule uuid NOT NULL REFERENCES reward_rule (id),
    side text NOT NULL CHECK (side IN ('advocate', 'friend')),
    beneficiary uuid NOT NULL REFERENCES customer (id),
    kind text NOT NULL CHECK (kind IN ('cash', 'credit', 'voucher')),
    cents bigint NOT NULL CHECK (cents > 0),
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    state text NOT NULL CHECK (state IN ('pending', 'approved', 'scheduled', 'paid', 'fulfilled', 'redeemed', 'canceled',
                                         'failed', 'expired')),
    reason text NOT NULL DEFAULT '' CHECK (reason ~ '^[a-z_]*$'),
    voucher_code text UNIQUE,
    granted_at timestamptz NOT NULL,
    hold_until timestamptz NOT NULL,
    decided_at timestamptz,
    UNIQUE (referral, side),
    CHECK (state <> 'canceled' OR reason <> '')
);
CREATE INDEX reward_beneficiary ON reward (beneficiary);
CREATE INDEX reward_conversion ON reward (conversion);
CREATE INDEX reward_recent ON reward (granted_at DESC, id DESC);
GRANT SELECT, INSERT, UPDATE ON reward TO {role};

-- kit: an Idempotency-Key and the answer it got; a job of the outbox and that it was done. The key is kept as a keyed
-- hash, since a shop may have made it of a person; the answer holds ids and figures.
CREATE TABLE idempotency (
    key_hash text PRIMARY KEY,
    request_hash text NOT NULL,
    status smallint NOT NULL,
    body text NOT NULL,
    at timestamptz NOT NULL
);
CREATE TABLE job_done (
    job uuid PRIMARY KEY,
    at timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON idempotency, job_done TO {role};
