-- events: what happened, told to the company's own systems. An event names a row and nothing of a person.
CREATE TABLE event (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    kind text NOT NULL CHECK (kind ~ '^[a-z]+\.[a-z_]+$'),
    subject uuid NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX event_recent ON event (at DESC, id DESC);
GRANT SELECT, INSERT, DELETE ON event TO {role};

CREATE TABLE event_endpoint (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL UNIQUE CHECK (name <> ''),
    -- An address may hold a secret of the other side's.
    url_sealed bytea NOT NULL,
    secret_sealed bytea NOT NULL,
    -- Signed with as well until then, so that the other side can change over.
    prior_secret_sealed bytea,
    prior_until timestamptz,
    kinds text[] NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    failing_since timestamptz,
    failed_in_a_row integer NOT NULL DEFAULT 0 CHECK (failed_in_a_row >= 0),
    rests_until timestamptz,
    disabled_at timestamptz,
    disabled_why text CHECK (disabled_why IN ('staff', 'gone', 'failing')),
    CHECK ((prior_secret_sealed IS NULL) = (prior_until IS NULL)),
    CHECK ((failing_since IS NULL) = (failed_in_a_row = 0)),
    CHECK ((disabled_at IS NULL) = (disabled_why IS NULL))
);
GRANT SELECT, INSERT, UPDATE, DELETE ON event_endpoint TO {role};

CREATE TABLE event_delivery (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    event uuid NOT NULL REFERENCES event (id) ON DELETE CASCADE,
    endpoint uuid NOT NULL REFERENCES event_endpoint (id) ON DELETE CASCADE,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'delivered', 'failed')),
    tries smallint NOT NULL DEFAULT 0 CHECK (tries >= 0),
    due_at timestamptz NOT NULL,
    settled_at timestamptz,
    UNIQUE (event, endpoint),
    CHECK ((state = 'waiting') = (settled_at IS NULL))
);
CREATE INDEX event_delivery_endpoint ON event_delivery (endpoint, due_at DESC, id DESC);
CREATE INDEX event_delivery_failed ON event_delivery (endpoint) WHERE state = 'failed';
GRANT SELECT, INSERT, DELETE ON event_delivery TO {role};
GRANT UPDATE (state, tries, due_at, settled_at) ON event_delivery TO {role};

-- What came of each try; append-only by grant, and gone with its event.
CREATE TABLE event_attempt (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    delivery uuid NOT NULL REFERENCES event_delivery (id) ON DELETE CASCADE,
    at timestamptz NOT NULL,
    status smallint CHECK (status BETWEEN 100 AND 999),
    fault text CHECK (fault ~ '^[a-z_]+$'),
    took_ms integer NOT NULL CHECK (took_ms >= 0),
    CHECK ((status IS NULL) <> (fault IS NULL))
);
CREATE INDEX event_attempt_delivery ON event_attempt (delivery, at);
GRANT SELECT, INSERT ON event_attempt TO {role};
