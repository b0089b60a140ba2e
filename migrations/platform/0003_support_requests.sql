-- What operators ask to see of a company, and why: rooms and hours, never more than a company's owner may grant. Whether
-- it was granted stands in the company's own schema, where the operator's role cannot write.

-- So that nobody asks under a name that is none of theirs.
ALTER TABLE operator ADD UNIQUE (id, email);
CREATE TABLE support_request (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    tenant uuid NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    operator uuid NOT NULL,
    operator_email text NOT NULL,
    reason text NOT NULL CHECK (length(reason) BETWEEN 10 AND 500),
    rooms text[] NOT NULL CHECK (rooms <> '{}'
        AND rooms <@ ARRAY['customers', 'surveys', 'referrals', 'rewards', 'messages']),
    hours smallint NOT NULL CHECK (hours BETWEEN 1 AND 8),
    -- A request waits for days from when it was asked, and none waits longer by being asked tomorrow. Clocks may differ.
    asked_at timestamptz NOT NULL CHECK (asked_at < now() + interval '5 minutes'),
    withdrawn_at timestamptz,
    FOREIGN KEY (operator, operator_email) REFERENCES operator (id, email) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX support_request_tenant ON support_request (tenant, asked_at DESC);
GRANT SELECT ON support_request TO {web};
GRANT SELECT, INSERT (id, tenant, operator, operator_email, reason, rooms, hours, asked_at), UPDATE (withdrawn_at)
    ON support_request TO {operator};
