-- company: who else handles people's data, as processor on the company's behalf (GDPR Art. 28) or as recipient in its
-- own right; the notice is written from these rows, so a row ends and is never taken away.
CREATE TABLE processor (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    role text NOT NULL CHECK (role IN ('processor', 'recipient')),
    name text NOT NULL CHECK (name <> ''),
    address text NOT NULL CHECK (address <> ''),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    -- What it does with the data, in words for people: one sentence a language.
    what_for jsonb NOT NULL,
    -- What keeps data safe outside the EEA (GDPR Art. 44 to 49); none is needed within it.
    safeguards text NOT NULL CHECK (safeguards IN ('none_needed', 'adequacy', 'clauses', 'binding_rules')),
    -- Whoever operates this deployment for the company; written by the deployment, ended by nobody else.
    is_host boolean NOT NULL DEFAULT false,
    since_date date NOT NULL,
    until_date date CHECK (until_date >= since_date)
);
CREATE UNIQUE INDEX processor_host ON processor (is_host) WHERE is_host AND until_date IS NULL;
GRANT SELECT, INSERT, UPDATE (until_date) ON processor TO {role};

-- consent: what a text says, as data beside its wording; the wording was rendered from ``template`` and from what else
-- stands there. And what somebody is still writing: one draft of each text.
ALTER TABLE consent_text ADD COLUMN data jsonb NOT NULL DEFAULT '{}';
CREATE TABLE consent_draft (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    kind text NOT NULL CHECK (kind IN ('consent', 'terms', 'notice')),
    purpose text NOT NULL DEFAULT '' CHECK (purpose ~ '^[a-z_]*$'),
    language text NOT NULL CHECK (language ~ '^[a-z]{2}$'),
    title text NOT NULL,
    template text NOT NULL,
    data jsonb NOT NULL DEFAULT '{}',
    written_at timestamptz NOT NULL,
    written_by uuid NOT NULL,
    UNIQUE (kind, purpose, language)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON consent_draft TO {role};
