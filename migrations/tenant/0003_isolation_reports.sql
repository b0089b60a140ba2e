-- audit: what checks of the wall around this company found; append-only by grant. The migration role alone lets the
-- oldest go, so that nobody inside can take a verdict back.
CREATE TABLE isolation_report (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    at timestamptz NOT NULL,
    findings integer NOT NULL CHECK (findings >= 0),
    report jsonb NOT NULL
);
GRANT SELECT, INSERT ON isolation_report TO {role};

-- staff: who watches over the law is neither owner nor onlooker.
ALTER TABLE staff_member DROP CONSTRAINT staff_member_role_check;
ALTER TABLE staff_member ADD CONSTRAINT staff_member_role_check CHECK (role IN ('owner', 'privacy_officer', 'viewer'));
