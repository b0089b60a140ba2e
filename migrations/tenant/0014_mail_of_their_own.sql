-- messages: the company's own name before mail servers: its sender domain with the key that signs, its own server
-- where it has one, and what came back.

CREATE TABLE mail_domain (
    id uuid PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (name <> ''),
    selector text NOT NULL CHECK (selector ~ '^[a-z0-9]+$'),
    private_key_sealed bytea NOT NULL,
    public_key text NOT NULL,
    created_at timestamptz NOT NULL,
    asked_at timestamptz,
    checked_at timestamptz,
    -- A short name for what the last look found of each record.
    spf text CHECK (spf ~ '^[a-z_]+$'),
    dkim text CHECK (dkim ~ '^[a-z_]+$'),
    dmarc text CHECK (dmarc ~ '^[a-z_]+$')
);
-- A server counts once somebody of ours got in with its name and password; without one the operator's carries the mail.
CREATE TABLE mail_server (
    id uuid PRIMARY KEY,
    host text NOT NULL CHECK (host <> ''),
    port integer NOT NULL CHECK (port IN (465, 587, 2525)),
    username_sealed bytea,
    password_sealed bytea,
    created_at timestamptz NOT NULL,
    checked_at timestamptz,
    proven_at timestamptz,
    fault text CHECK (fault ~ '^[a-z_]+$'),
    CHECK ((username_sealed IS NULL) = (password_sealed IS NULL))
);
-- A company has one server at most.
CREATE UNIQUE INDEX mail_server_one ON mail_server ((true));
-- A mail that came back, or that somebody complained of; once a kind, however often the other side says so.
CREATE TABLE mail_return (
    message uuid NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('permanent', 'temporary', 'complaint')),
    status text NOT NULL DEFAULT '' CHECK (status ~ '^[0-9.]*$'),
    at timestamptz NOT NULL,
    PRIMARY KEY (message, kind)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON mail_domain, mail_server TO {role};
GRANT SELECT, INSERT ON mail_return TO {role};
