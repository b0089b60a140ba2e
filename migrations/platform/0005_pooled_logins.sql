-- What PgBouncer compares a company's login with, and logs in to the server by: the same verifier the server keeps, so that
-- it needs no superuser and no list of its own, and lets in a company that was opened a second ago. Nobody logs in by a
-- verifier alone. A row is written with its role and again by each leumund migrate.
CREATE TABLE pooled_login (
    name text PRIMARY KEY REFERENCES tenant (schema_name) ON DELETE CASCADE,
    secret text NOT NULL CHECK (secret ~ '^SCRAM-SHA-256[$]')
);
GRANT USAGE ON SCHEMA platform TO {pooler};
GRANT SELECT ON pooled_login TO {pooler};
