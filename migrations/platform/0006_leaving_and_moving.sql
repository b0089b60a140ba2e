-- A company that moves to another deployment is read and not written for a while; one that leaves is served nowhere, its
-- jobs wait, and on a day that was set it is erased, once its archive is written or somebody said why there is none.

ALTER TABLE tenant DROP CONSTRAINT tenant_state_check;
ALTER TABLE tenant ADD CONSTRAINT tenant_state_check
    CHECK (state IN ('opening', 'open', 'moving', 'leaving', 'closed'));

-- The statements that give the company's role back what it may write.
CREATE TABLE moving (
    tenant uuid PRIMARY KEY REFERENCES tenant (id) ON DELETE CASCADE,
    since timestamptz NOT NULL,
    grants text[] NOT NULL
);

-- ``asked_by`` says in what part somebody asked, never a name: the certificate repeats it when nobody is left here.
CREATE TABLE leaving (
    tenant uuid PRIMARY KEY REFERENCES tenant (id) ON DELETE CASCADE,
    asked_by text NOT NULL,
    came_from text NOT NULL CHECK (came_from IN ('opening', 'open', 'moving', 'closed')),
    asked_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    archive_sha256 text CHECK (archive_sha256 ~ '^[0-9a-f]{64}$'),
    unarchived_reason text CHECK (unarchived_reason <> ''),
    CHECK (archive_sha256 IS NULL OR unarchived_reason IS NULL)
);
CREATE INDEX leaving_due ON leaving (due_at);

-- What was erased, noted in the transaction that erased it; the certificate is written from it, and again if a file of it
-- was lost. Figures and names of tables: of the people who were in them there is nothing.
CREATE TABLE erasure (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    -- Whose: an id that stands nowhere else any more.
    tenant uuid NOT NULL,
    slug text NOT NULL,
    at timestamptz NOT NULL,
    certificate text NOT NULL,
    written_at timestamptz
);
CREATE INDEX erasure_unwritten ON erasure (at) WHERE written_at IS NULL;

GRANT SELECT ON leaving, erasure TO {operator};
GRANT UPDATE (written_at) ON erasure TO {operator};
