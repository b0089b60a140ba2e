-- surveys: a version is its whole definition, questions and words, and is only ever appended; what is unfinished lies
-- beside it. Whether people are known to have answered is settled with the first version of a key.
ALTER TABLE survey ADD COLUMN definition jsonb, ADD COLUMN named boolean NOT NULL DEFAULT true;
UPDATE survey SET definition = jsonb_build_object(
    'titles', (SELECT jsonb_object_agg(lang, 'NPS') FROM jsonb_object_keys(texts) AS lang),
    'questions', jsonb_build_array(
        jsonb_build_object('key', 'recommend', 'kind', 'nps', 'required', true, 'texts', (
            SELECT jsonb_object_agg(lang, jsonb_build_object('question', said ->> 'question'))
            FROM jsonb_each(texts) AS each (lang, said))),
        jsonb_build_object('key', 'comment', 'kind', 'text', 'texts', (
            SELECT jsonb_object_agg(lang, jsonb_build_object('question', coalesce(said ->> 'followup', '')))
            FROM jsonb_each(texts) AS each (lang, said)))));
ALTER TABLE survey ALTER COLUMN definition SET NOT NULL, ALTER COLUMN named DROP DEFAULT, DROP COLUMN texts;
REVOKE UPDATE, DELETE ON survey FROM {role};
CREATE TABLE survey_draft (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    key text NOT NULL UNIQUE CHECK (key ~ '^[a-z0-9-]{1,60}$'),
    definition jsonb NOT NULL,
    named boolean NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_by uuid NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON survey_draft TO {role};
-- A survey nobody is asked any more, until it is opened again.
CREATE TABLE survey_closing (
    key text PRIMARY KEY CHECK (key ~ '^[a-z0-9-]{1,60}$'),
    closed_at timestamptz NOT NULL,
    closed_by text NOT NULL CHECK (closed_by ~ '^(staff|operator):')
);
GRANT SELECT, INSERT, DELETE ON survey_closing TO {role};
-- Who let a survey ask for what Art. 9 GDPR protects, and why: for exactly these words, by their SHA-256.
CREATE TABLE survey_release (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    digest text NOT NULL UNIQUE CHECK (digest ~ '^[0-9a-f]{64}$'),
    reason_sealed bytea NOT NULL,
    released_at timestamptz NOT NULL,
    released_by text NOT NULL CHECK (released_by ~ '^staff:')
);
GRANT SELECT, INSERT ON survey_release TO {role};

-- Marks by question; the one that is recommended by stands beside them, so that nothing counts it otherwise.
ALTER TABLE survey_answer ADD COLUMN marks jsonb NOT NULL DEFAULT '{}';
UPDATE survey_answer SET marks = jsonb_build_object('recommend', score);
ALTER TABLE survey_answer
    ALTER COLUMN marks DROP DEFAULT,
    DROP COLUMN score,
    ADD COLUMN score smallint GENERATED ALWAYS AS ((marks ->> 'recommend')::smallint) STORED
        CHECK (score BETWEEN 0 AND 10),
    -- Words to every text question but ``comment``, as JSON.
    ADD COLUMN words_sealed bytea,
    -- Keyed hashes of each word that was written: all that a search can find.
    ADD COLUMN found_by bigint[] NOT NULL DEFAULT '{}',
    -- Facts of the answer itself, such as the terminal it was given in; of an anonymous one there are none.
    ADD COLUMN attributes jsonb NOT NULL DEFAULT '{}',
    ALTER COLUMN language DROP NOT NULL,
    DROP CONSTRAINT survey_answer_channel_check,
    ADD CHECK (channel IN ('email', 'portal', 'api', 'qr', 'embed', 'import')),
    ADD CHECK (jsonb_typeof(marks) = 'object' AND jsonb_typeof(attributes) = 'object');
CREATE INDEX survey_answer_survey ON survey_answer (survey, answered_at) INCLUDE (score);
CREATE INDEX survey_answer_found_by ON survey_answer USING gin (found_by) WITH (fastupdate = off);

-- Where an anonymous survey can be answered by whoever comes along: a code on a wall, or a page of the company's own, which
-- may be framed by ``origins`` alone.
CREATE TABLE survey_place (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    key text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('qr', 'embed')),
    name text NOT NULL CHECK (name <> ''),
    code text NOT NULL UNIQUE CHECK (code ~ '^[a-z0-9]{8,16}$'),
    origins jsonb NOT NULL DEFAULT '[]',
    made_at timestamptz NOT NULL,
    retired_at timestamptz
);
CREATE INDEX survey_place_key ON survey_place (key);
-- Anonymous answers wait in a box, sealed under a key of their batch, without a moment and without who was asked. Once a
-- batch holds enough of them they are written out in an order drawn by lot, and its key is destroyed. A batch is of those
-- who were invited to one version, or of one place.
CREATE TABLE survey_batch (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    survey uuid NOT NULL REFERENCES survey (id),
    place uuid REFERENCES survey_place (id),
    UNIQUE NULLS NOT DISTINCT (survey, place)
);
CREATE TABLE survey_box (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    batch uuid NOT NULL REFERENCES survey_batch (id),
    content_sealed bytea NOT NULL
);
CREATE INDEX survey_box_batch ON survey_box (batch);
-- How often a place was answered from one address, as keyed hashes; the row goes when the window ends.
CREATE TABLE survey_attempt (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    key_hash text NOT NULL UNIQUE,
    attempts integer NOT NULL CHECK (attempts >= 0),
    ends_at timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON survey_place, survey_batch, survey_box, survey_attempt TO {role};
