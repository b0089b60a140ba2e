-- The keys of each company, wrapped by the deployment's master key, which is never here: whoever has the database alone
-- has no key. `data` keys seal personal columns and take turns; the one `index` key makes the hashes a company finds its
-- rows by, and stays, since what is hashed is kept nowhere else.

DO $$
BEGIN
    IF EXISTS (SELECT FROM tenant) THEN
        RAISE EXCEPTION 'these companies were opened before their rows were sealed; begin with a new database';
    END IF;
END $$;

CREATE TABLE company_key (
    tenant uuid NOT NULL REFERENCES tenant (id) ON DELETE CASCADE,
    purpose text NOT NULL CHECK (purpose IN ('data', 'index')),
    version integer NOT NULL CHECK (version BETWEEN 1 AND 65535),
    wrapped bytea NOT NULL,
    -- Which master key wrapped it: the beginning of that key's hash.
    master text NOT NULL CHECK (master ~ '^[0-9a-f]{16}$'),
    -- Every process has heard of a key before the first row is sealed with it.
    writes_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, purpose, version),
    CHECK (purpose = 'data' OR version = 1)
);
GRANT SELECT ON company_key TO {web}, {worker};
