-- rewards: purchases the company brings along in a file. Its rows lie under seal, some of them in each part, until they
-- are taken one by one; of each that was refused its cells are kept with the reasons, so that they can be mended.
CREATE TABLE purchase_import (
    id uuid PRIMARY KEY,
    state text NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'canceled', 'stopped')),
    -- How many rows there are, how many were looked at, and what became of those.
    row_count integer NOT NULL CHECK (row_count > 0),
    position integer NOT NULL DEFAULT 0 CHECK (position BETWEEN 0 AND row_count),
    taken integer NOT NULL DEFAULT 0 CHECK (taken >= 0),
    known integer NOT NULL DEFAULT 0 CHECK (known >= 0),
    refused integer NOT NULL DEFAULT 0 CHECK (refused >= 0),
    -- Of those taken or known, how many told of something given back that was new.
    given_back integer NOT NULL DEFAULT 0 CHECK (given_back BETWEEN 0 AND taken + known),
    kept_by uuid NOT NULL,
    kept_at timestamptz NOT NULL,
    begun_at timestamptz CHECK (begun_at >= kept_at),
    ended_at timestamptz CHECK (ended_at >= kept_at),
    CHECK (taken + known + refused = position),
    CHECK ((state IN ('waiting', 'running')) = (ended_at IS NULL)),
    CHECK (state <> 'done' OR position = row_count),
    CHECK (state NOT IN ('waiting', 'canceled') OR position = 0)
);
-- One file at a time in each company.
CREATE UNIQUE INDEX purchase_import_open ON purchase_import ((true)) WHERE state IN ('waiting', 'running');
CREATE INDEX purchase_import_newest ON purchase_import (kept_at DESC, id DESC);
CREATE TABLE purchase_part (
    id uuid PRIMARY KEY,
    import uuid NOT NULL REFERENCES purchase_import (id) ON DELETE CASCADE,
    -- Which row of the import its first one is.
    position integer NOT NULL CHECK (position > 0),
    rows_sealed bytea NOT NULL,
    kept_at timestamptz NOT NULL,
    UNIQUE (import, position)
);
CREATE INDEX purchase_part_kept ON purchase_part (kept_at);
CREATE TABLE purchase_refusal (
    id uuid PRIMARY KEY,
    import uuid NOT NULL REFERENCES purchase_import (id) ON DELETE CASCADE,
    -- Which row of the file it is; the header is row 1.
    number integer NOT NULL CHECK (number > 1),
    -- Whose purchase it says it is, where that is somebody known.
    customer uuid REFERENCES customer (id) ON DELETE CASCADE,
    told_sealed bytea NOT NULL,
    refused_at timestamptz NOT NULL,
    UNIQUE (import, number)
);
CREATE INDEX purchase_refusal_customer ON purchase_refusal (customer) WHERE customer IS NOT NULL;
CREATE INDEX purchase_refusal_refused ON purchase_refusal (refused_at);
GRANT SELECT, INSERT ON purchase_import TO {role};
GRANT UPDATE (state, position, taken, known, refused, given_back, begun_at, ended_at) ON purchase_import TO {role};
GRANT SELECT, INSERT, DELETE ON purchase_part, purchase_refusal TO {role};
