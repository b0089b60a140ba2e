-- messages: when advertising waits, and what a mail draws of the question it asks.
CREATE TABLE message_quiet (
    id smallint PRIMARY KEY CHECK (id = 1),
    from_hour smallint NOT NULL CHECK (from_hour BETWEEN 0 AND 23),
    until_hour smallint NOT NULL CHECK (until_hour BETWEEN 0 AND 23),
    sundays boolean NOT NULL,
    holidays boolean NOT NULL,
    -- Whose holidays, where a country's states have some of their own.
    region text NOT NULL CHECK (region ~ '^([A-Z]{2})?$'),
    changed_at timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON message_quiet TO {role};
ALTER TABLE message
    -- The marks one can tap: the question's kind, from where to where, and how the ends are called. NULL is a button.
    ADD COLUMN marks jsonb CHECK (jsonb_typeof(marks) = 'object'),
    ADD COLUMN quiet boolean NOT NULL DEFAULT false;
CREATE INDEX message_queued_about ON message (subject_id) WHERE state = 'queued';
UPDATE message SET marks = '{"kind": "nps", "first": 0, "last": 10}' WHERE kind = 'survey_invitation';

-- surveys: how often anybody is asked, the waves by which they are, whom a wave has yet to ask, whom nobody asked and
-- why, and what happened that somebody is asked about.
CREATE TABLE survey_setting (
    id smallint PRIMARY KEY CHECK (id = 1),
    rest_days smallint NOT NULL CHECK (rest_days BETWEEN 30 AND 365),
    yearly smallint NOT NULL CHECK (yearly BETWEEN 1 AND 12),
    link_days smallint NOT NULL CHECK (link_days BETWEEN 7 AND 90),
    delay_hours smallint NOT NULL CHECK (delay_hours BETWEEN 0 AND 720),
    changed_at timestamptz NOT NULL
);
CREATE TABLE survey_wave (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    key text NOT NULL CHECK (key ~ '^[a-z0-9-]{1,60}$'),
    -- The version it asks by, from its beginning on.
    survey uuid REFERENCES survey (id),
    channel text NOT NULL CHECK (channel IN ('email', 'portal')),
    segment uuid REFERENCES segment (id),
    includes_c boolean NOT NULL DEFAULT false,
    sample_size integer CHECK (sample_size > 0),
    sample_percent smallint CHECK (sample_percent BETWEEN 1 AND 99),
    -- With it the lot can be drawn again, and comes out the same.
    seed bigint NOT NULL,
    languages text[] NOT NULL CHECK (cardinality(languages) > 0),
    quiet boolean NOT NULL,
    starts_at timestamptz,
    lasts_days smallint NOT NULL CHECK (lasts_days BETWEEN 1 AND 365),
    reminders smallint NOT NULL CHECK (reminders BETWEEN 0 AND 2),
    remind_after_days smallint NOT NULL CHECK (remind_after_days BETWEEN 1 AND 60),
    planned_at timestamptz NOT NULL,
    planned_by text NOT NULL,
    released_at timestamptz,
    begun_at timestamptz CHECK (begun_at >= released_at),
    asked_at timestamptz CHECK (asked_at >= begun_at),
    ends_at timestamptz,
    ended_at timestamptz,
    ended_by text,
    end_reason text CHECK (end_reason IN ('stopped', 'closed')),
    CHECK (sample_size IS NULL OR sample_percent IS NULL),
    CHECK ((survey IS NULL) = (begun_at IS NULL) AND (ends_at IS NULL) = (begun_at IS NULL)),
    CHECK ((ended_at IS NULL) = (end_reason IS NULL))
);
CREATE INDEX survey_wave_newest ON survey_wave (planned_at DESC, id DESC);
CREATE INDEX survey_wave_open ON survey_wave (key) WHERE released_at IS NOT NULL AND ended_at IS NULL;
-- Whom a wave has yet to ask, by their lots; whoever was asked or held back is no longer here.
CREATE TABLE survey_wave_person (
    wave uuid NOT NULL REFERENCES survey_wave (id) ON DELETE CASCADE,
    customer uuid NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    lot bigint NOT NULL CHECK (lot >= 0),
    PRIMARY KEY (wave, lot, customer)
);
CREATE INDEX survey_wave_person_customer ON survey_wave_person (customer);
ALTER TABLE survey_invitation
    ADD COLUMN wave uuid REFERENCES survey_wave (id),
    ADD COLUMN channel text NOT NULL DEFAULT 'email' CHECK (channel IN ('email', 'portal', 'api')),
    -- Facts of what happened, for the answer; where answers are anonymous there are none.
    ADD COLUMN attributes jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(attributes) = 'object'),
    ADD COLUMN reminders smallint NOT NULL DEFAULT 0 CHECK (reminders BETWEEN 0 AND 2),
    ADD COLUMN reminded_at timestamptz;
CREATE INDEX survey_invitation_wave ON survey_invitation (wave, id) INCLUDE (answered_at) WHERE wave IS NOT NULL;
CREATE TABLE survey_held (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    wave uuid REFERENCES survey_wave (id),
    key text NOT NULL CHECK (key ~ '^[a-z0-9-]{1,60}$'),
    customer uuid NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    -- The invitation, or which reminder.
    step smallint NOT NULL CHECK (step BETWEEN 0 AND 2),
    reason text NOT NULL CHECK (reason ~ '^[a-z_]+$'),
    at timestamptz NOT NULL
);
CREATE INDEX survey_held_wave ON survey_held (wave, step, reason);
CREATE INDEX survey_held_customer ON survey_held (customer);
CREATE TABLE survey_event (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    event_ref text NOT NULL UNIQUE CHECK (event_ref <> ''),
    customer uuid NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    key text NOT NULL CHECK (key ~ '^[a-z0-9-]{1,60}$'),
    event text NOT NULL CHECK (event ~ '^[a-z0-9][a-z0-9_.-]{0,59}$'),
    attributes jsonb NOT NULL CHECK (jsonb_typeof(attributes) = 'object'),
    happened_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    settled_at timestamptz,
    held_reason text CHECK (held_reason ~ '^[a-z_]+$'),
    invitation uuid REFERENCES survey_invitation (id) ON DELETE SET NULL
);
CREATE INDEX survey_event_customer ON survey_event (customer);
GRANT SELECT, INSERT, UPDATE, DELETE ON survey_setting, survey_wave, survey_wave_person, survey_held, survey_event
    TO {role};
