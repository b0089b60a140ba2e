-- staff: an owner asked, with a second factor, that the company leaves; a row for each time, and none is ever taken away.

CREATE TABLE leaving_request (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    member uuid NOT NULL,
    -- Without the time in which it could be undone.
    at_once boolean NOT NULL,
    asked_at timestamptz NOT NULL,
    withdrawn_at timestamptz
);
GRANT SELECT, INSERT, UPDATE (withdrawn_at) ON leaving_request TO {role};
