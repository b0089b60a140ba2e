-- referrals: codes of a link beside its own, to be said or chosen by the person; and the campaigns a link can name.
CREATE TABLE share_code (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    link uuid NOT NULL REFERENCES share_link (id) ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('spoken', 'chosen')),
    -- Of its normal form, so that nobody has a code that reads like another; what is chosen may be a name, and is sealed.
    code_hash text NOT NULL UNIQUE,
    spelled_sealed bytea NOT NULL,
    made_at timestamptz NOT NULL,
    taken_down_at timestamptz,
    taken_down_by uuid,
    reason_sealed bytea,
    CHECK ((taken_down_at IS NULL) = (taken_down_by IS NULL)),
    CHECK (taken_down_at IS NULL OR reason_sealed IS NOT NULL),
    CHECK (kind = 'chosen' OR taken_down_at IS NULL)
);
CREATE INDEX share_code_link ON share_code (link, made_at DESC);
CREATE UNIQUE INDEX share_code_spoken ON share_code (link) WHERE kind = 'spoken';
CREATE INDEX share_code_chosen ON share_code (made_at DESC, id DESC) WHERE kind = 'chosen';
CREATE TABLE campaign (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    key text NOT NULL UNIQUE CHECK (key ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(key) <= 40),
    name text NOT NULL CHECK (name <> '' AND length(name) <= 80),
    begins_at timestamptz NOT NULL,
    -- NULL is until somebody ends it.
    ends_at timestamptz CHECK (ends_at > begins_at),
    made_at timestamptz NOT NULL,
    made_by uuid NOT NULL
);
CREATE INDEX campaign_newest ON campaign (begins_at DESC, id DESC);
GRANT SELECT, INSERT, UPDATE, DELETE ON share_code, campaign TO {role};
