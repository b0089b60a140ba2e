-- What all companies share: where each lives, the outbox, and the operator's own accounts. No customer's row is here.
-- {web}, {worker} and {operator} are this deployment's LOGIN roles; the migration role owns everything.

REVOKE ALL ON SCHEMA public FROM PUBLIC;
REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC;

CREATE TABLE tenant (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z][a-z0-9-]{0,38}[a-z0-9]$'),
    name text NOT NULL,
    schema_name text NOT NULL UNIQUE CHECK (schema_name ~ '^t_[a-z0-9]{16}$'),
    state text NOT NULL CHECK (state IN ('opening', 'open', 'closed')),
    version integer NOT NULL DEFAULT 0,
    opened_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE host (
    name text PRIMARY KEY CHECK (name = lower(name) AND name <> ''),
    tenant uuid NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    canonical boolean NOT NULL,
    verified_at timestamptz
);
CREATE UNIQUE INDEX host_canonical ON host (tenant) WHERE canonical;
CREATE TABLE migration_failure (
    tenant uuid PRIMARY KEY REFERENCES tenant (id) ON DELETE CASCADE,
    version integer NOT NULL,
    reason text NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE operator (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    email text NOT NULL UNIQUE CHECK (email = lower(email)),
    password_hash text NOT NULL,
    totp_sealed text NOT NULL,
    totp_last_step bigint NOT NULL DEFAULT 0,
    failed_attempts integer NOT NULL DEFAULT 0,
    failed_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE operator_session (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    operator uuid NOT NULL REFERENCES operator (id) ON DELETE CASCADE,
    token_hash text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    ended_at timestamptz
);
-- How often a place failed to sign in: a keyed hash of where it is, forgotten when its window has ended.
CREATE TABLE operator_attempt (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    peer_hash text NOT NULL UNIQUE,
    attempts integer NOT NULL,
    ends_at timestamptz NOT NULL
);
CREATE INDEX operator_attempt_ends ON operator_attempt (ends_at);
-- What operators did. The slug outlives its company, and so does the entry: neither says anything of a customer.
CREATE TABLE operator_entry (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    at timestamptz NOT NULL,
    actor text NOT NULL CHECK (actor ~ '^(operator|system):.'),
    action text NOT NULL CHECK (action ~ '^[a-z_]+\.[a-z_]+$'),
    tenant uuid,
    slug text,
    subject uuid
);
CREATE INDEX operator_entry_at ON operator_entry (at, id);
CREATE INDEX operator_entry_tenant ON operator_entry (tenant, at);

-- The outbox: companies may add a job and nothing else. The database stamps the session's role; there is no column that
-- could hold personal data.
CREATE SCHEMA outbox;
CREATE TABLE outbox.job (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    -- Takes its turn by name, and nobody's name is empty.
    company_role name NOT NULL DEFAULT session_user CHECK (company_role <> ''),
    kind text NOT NULL CHECK (kind ~ '^[a-z_]+\.[a-z_]+$' AND length(kind) <= 60),
    subject uuid NOT NULL,
    due_at timestamptz NOT NULL DEFAULT now() CHECK (isfinite(due_at) AND due_at >= '2020-01-01 00:00+00'),
    bulk boolean NOT NULL DEFAULT false,
    enqueued_at timestamptz NOT NULL DEFAULT now(),
    attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'dead')),
    -- A fault's name, never its words.
    fault text CHECK (fault ~ '^[A-Za-z_][A-Za-z0-9_]{0,99}$')
);
-- Whose turn it is goes by company. Whether anything is due at all is asked of the second index, whose condition keeps
-- a claim from mistaking it for the first; there is no third to be led astray by while one company adds 200,000 jobs and
-- the statistics do not know yet.
CREATE INDEX job_turn ON outbox.job (state, bulk, company_role, due_at);
CREATE INDEX job_due ON outbox.job (bulk, due_at) WHERE state = 'waiting' AND attempts >= 0;
CREATE INDEX job_dead ON outbox.job (enqueued_at, id) WHERE state = 'dead';
GRANT USAGE ON SCHEMA outbox TO PUBLIC;
GRANT INSERT (kind, subject, due_at, bulk) ON outbox.job TO PUBLIC;

-- The last night each company's rows were tidied in; its row moves on in the statement that adds the job.
CREATE TABLE outbox.night (
    tenant uuid PRIMARY KEY REFERENCES tenant (id) ON DELETE CASCADE,
    night_date date NOT NULL
);

GRANT USAGE ON SCHEMA platform TO {web}, {worker}, {operator};
GRANT SELECT ON tenant, host TO {web}, {worker}, {operator};
GRANT SELECT, UPDATE, DELETE ON outbox.job TO {worker};
GRANT INSERT (company_role, kind, subject, bulk) ON outbox.job TO {worker};
GRANT SELECT, INSERT, UPDATE ON outbox.night TO {worker};
GRANT SELECT ON outbox.job TO {operator};
GRANT UPDATE (state, attempts, due_at, fault) ON outbox.job TO {operator};
GRANT UPDATE (state, changed_at) ON tenant TO {operator};
-- Who opens and closes companies turns none that moves or leaves, and sends none on its way without the row that says why.
ALTER TABLE platform.tenant ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON platform.tenant FOR SELECT TO {web}, {worker}, {operator} USING (true);
CREATE POLICY turned ON platform.tenant FOR UPDATE TO {operator}
    USING (state = 'open' OR state = 'closed') WITH CHECK (state = 'open' OR state = 'closed');
GRANT SELECT ON migration, migration_failure TO {operator};
GRANT SELECT, INSERT ON operator, operator_session TO {operator};
GRANT UPDATE (password_hash, totp_sealed, totp_last_step, failed_attempts, failed_at) ON operator TO {operator};
GRANT UPDATE (seen_at, ended_at), DELETE ON operator_session TO {operator};
GRANT SELECT, INSERT ON operator_entry TO {operator};
GRANT SELECT, INSERT, UPDATE, DELETE ON operator_attempt TO {operator};
-- How large companies are. Where a superuser took this from everybody, it left it to the migration role to pass on;
-- elsewhere everybody has it still, and the server only warns that nothing was granted.
GRANT SELECT ON pg_catalog.pg_class TO {operator};
GRANT EXECUTE ON FUNCTION pg_catalog.pg_total_relation_size(regclass), pg_catalog.pg_stat_get_live_tuples(oid)
    TO {operator};
