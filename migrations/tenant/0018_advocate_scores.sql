-- scoring: how likely somebody is to recommend with success, of those alone who agreed to it; why, in points that sum to
-- it; and by which version. A row goes with its person's consent.
CREATE TABLE advocate_score (
    customer uuid PRIMARY KEY REFERENCES customer (id) ON DELETE CASCADE,
    model integer NOT NULL CHECK (model > 0),
    score smallint NOT NULL CHECK (score BETWEEN 0 AND 100),
    low smallint NOT NULL CHECK (low BETWEEN 0 AND score),
    high smallint NOT NULL CHECK (high BETWEEN score AND 100),
    -- Where everybody begins; with the reasons' points it sums to the score.
    start smallint NOT NULL CHECK (start BETWEEN 0 AND 100),
    reasons jsonb NOT NULL CHECK (jsonb_typeof(reasons) = 'array'),
    at timestamptz NOT NULL
);
CREATE INDEX advocate_score_order ON advocate_score (score DESC, customer);
GRANT SELECT, INSERT, UPDATE, DELETE ON advocate_score TO {role};

-- Models learned from the company's own referrals, as tables of steps. Each says how it did beside the one that served,
-- on people neither had learned from, and so why it serves or does not. What was learned and found out stays as it was.
CREATE TABLE score_model (
    -- Version 1 is the open model, which is in no table.
    version integer PRIMARY KEY CHECK (version > 1),
    model jsonb NOT NULL,
    people bigint NOT NULL CHECK (people > 0),
    successes bigint NOT NULL CHECK (successes BETWEEN 0 AND people),
    compared jsonb NOT NULL,
    verdict text NOT NULL CHECK (verdict IN ('better', 'even', 'worse')),
    learned_at timestamptz NOT NULL,
    serves_from_at timestamptz,
    retired_at timestamptz CHECK (retired_at >= serves_from_at),
    CHECK (serves_from_at IS NULL OR verdict = 'better')
);
CREATE UNIQUE INDEX score_model_serving ON score_model ((true)) WHERE serves_from_at IS NOT NULL AND retired_at IS NULL;
GRANT SELECT, INSERT ON score_model TO {role};
GRANT UPDATE (serves_from_at, retired_at) ON score_model TO {role};

-- Beside whom everybody is seen until the next pass over all, so that two people of one week are told by one measure.
CREATE TABLE score_pass (
    id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    mean double precision NOT NULL CHECK (mean > 0 AND mean < 1),
    tenure_days double precision NOT NULL CHECK (tenure_days >= 0),
    purchases double precision NOT NULL CHECK (purchases >= 0),
    revenue_cents double precision NOT NULL CHECK (revenue_cents >= 0),
    averages_at timestamptz NOT NULL,
    -- Whom this pass is over: everybody, or those of whom something was told since.
    everybody boolean NOT NULL,
    since_at timestamptz NOT NULL,
    began_at timestamptz NOT NULL,
    -- Who was looked at last: a job that would go on from anywhere else belongs to a pass that was given up.
    reached uuid NOT NULL,
    ended_at timestamptz
);
GRANT SELECT, INSERT, UPDATE ON score_pass TO {role};

-- Who ever agreed to be evaluated, in order: a pass goes from one to the next.
CREATE INDEX consent_event_evaluated ON consent_event (customer)
    WHERE purpose = 'profile' AND channel = 'email' AND state = 'given';
