-- Domains companies bring along. A company may say which it wants and in which order, and nothing more: the database
-- stamps whose claim it is, makes its token, and lets only the worker note that it was proven.

CREATE SCHEMA hosting;

-- Names that read alike belong to one company: `www.` and its apex, and every other spelling the eye takes for them.
CREATE TABLE hosting.family (
    skeleton text PRIMARY KEY,
    company_role text NOT NULL REFERENCES tenant (schema_name) ON DELETE CASCADE,
    UNIQUE (skeleton, company_role)
);

CREATE TABLE hosting.claim (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    company_role text NOT NULL DEFAULT session_user REFERENCES tenant (schema_name) ON DELETE CASCADE,
    -- The limit of a company's claims.
    slot smallint NOT NULL CHECK (slot BETWEEN 1 AND 20),
    name text NOT NULL CHECK (
        length(name) <= 253 AND name ~ '^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$'
    ),
    -- 154 bits of the server's randomness. Whoever could choose it could take the one that stands in another's DNS.
    token text NOT NULL DEFAULT left(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 40),
    -- The proven name with the lowest place is where a company's own links lead.
    place bigint NOT NULL DEFAULT (extract(epoch FROM clock_timestamp()) * 1000)::bigint,
    claimed_at timestamptz NOT NULL DEFAULT now(),
    verified_at timestamptz,
    method text CHECK (method IN ('dns', 'file')),
    checked_at timestamptz,
    fault text CHECK (fault ~ '^[a-z_]{1,30}$'),
    -- Since when a proof that once was there is not.
    missing_since timestamptz,
    -- When the worker looks next; null when it has given up and waits to be asked.
    due_at timestamptz DEFAULT now(),
    skeleton text,
    UNIQUE (company_role, name),
    UNIQUE (company_role, slot),
    UNIQUE (id, name),
    FOREIGN KEY (skeleton, company_role) REFERENCES hosting.family (skeleton, company_role),
    CHECK (verified_at IS NULL OR skeleton IS NOT NULL AND method IS NOT NULL)
);
-- An unproven claim is in nobody's way; of the proven there is one of a name.
CREATE UNIQUE INDEX claim_proven ON hosting.claim (name) WHERE verified_at IS NOT NULL;
CREATE INDEX claim_skeleton ON hosting.claim (skeleton) WHERE skeleton IS NOT NULL;
CREATE INDEX claim_due ON hosting.claim (due_at) WHERE due_at IS NOT NULL;

ALTER TABLE hosting.claim ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON hosting.claim TO PUBLIC
    USING (company_role = session_user::text) WITH CHECK (company_role = session_user::text);
CREATE POLICY seen ON hosting.claim FOR SELECT TO {web}, {worker}, {operator} USING (true);
CREATE POLICY proven ON hosting.claim FOR UPDATE TO {worker} USING (true) WITH CHECK (true);
GRANT USAGE ON SCHEMA hosting TO PUBLIC;
GRANT INSERT (name, slot) ON hosting.claim TO PUBLIC;
GRANT SELECT ON hosting.claim TO {web}, {worker}, {operator};
GRANT UPDATE (verified_at, method, checked_at, fault, missing_since, due_at, skeleton) ON hosting.claim TO {worker};
GRANT SELECT, INSERT, DELETE ON hosting.family TO {worker};

-- Who may read a table may have the server explain how, which counts the rows that row security hid: over an index, whether
-- another company claims a name. Who may DELETE may lock all of it, and the directory reads this one for everybody. So a
-- company has functions, which are the owner's and ask who is logged in; their words are text, so that they can be compared.
CREATE FUNCTION hosting.own_claims() RETURNS SETOF hosting.claim LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog
AS $$
    SELECT * FROM hosting.claim WHERE company_role = session_user::text;
$$;

CREATE FUNCTION hosting.prefer_claim(preferred uuid) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog
AS $$
    UPDATE hosting.claim
    SET place = (SELECT min(place) - 1 FROM hosting.claim WHERE company_role = session_user::text)
    WHERE id = preferred AND company_role = session_user::text;
$$;

CREATE FUNCTION hosting.drop_claim(dropped uuid) RETURNS boolean LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog
AS $$
    WITH gone AS (
        DELETE FROM hosting.claim WHERE id = dropped AND company_role = session_user::text RETURNING 1
    )
    SELECT EXISTS (SELECT FROM gone);
$$;

-- A host of a company's own is served while its claim stands: with the claim it goes, in the same transaction. What has
-- no claim is ours to give.
DROP INDEX host_canonical;
ALTER TABLE host DROP COLUMN canonical;
ALTER TABLE host ADD claim uuid UNIQUE;
ALTER TABLE host ADD FOREIGN KEY (claim, name) REFERENCES hosting.claim (id, name) ON DELETE CASCADE;
CREATE INDEX host_tenant ON host (tenant);
GRANT INSERT (name, tenant, verified_at, claim) ON host TO {worker};

-- How long a look takes is up to the servers of whoever claims: none is for the hand that is kept free of bulk.
ALTER TABLE outbox.job ADD CHECK (bulk OR kind <> 'domains.prove');
