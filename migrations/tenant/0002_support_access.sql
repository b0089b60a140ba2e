-- support: what the owner answered an operator who asked to see rows; a grant ends by itself, or earlier by either.
-- ``request`` is the platform's id of what was asked; what was asked is copied, so that it is what was answered.

CREATE TABLE support_access (
    request uuid PRIMARY KEY,
    operator uuid NOT NULL,
    operator_email text NOT NULL,
    reason text NOT NULL,
    rooms jsonb NOT NULL,
    answered_by uuid NOT NULL,
    answered_at timestamptz NOT NULL,
    -- Null where the owner refused: then there never was a grant that could be read by.
    ends_at timestamptz CHECK (ends_at > answered_at AND ends_at <= answered_at + interval '8 hours'),
    ended_at timestamptz,
    ended_by text CHECK (ended_by ~ '^(staff|operator):'),
    CHECK ((ended_at IS NULL) = (ended_by IS NULL)),
    CHECK (ended_at IS NULL OR ends_at IS NOT NULL)
);
GRANT SELECT, INSERT, UPDATE (ended_at, ended_by) ON support_access TO {role};
