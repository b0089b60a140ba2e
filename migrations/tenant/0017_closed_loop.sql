-- surveys: the closed loop. Whoever answered and is no happy customer is somebody's to look after, until a day that the
-- company set. A case goes with its person, and no later than the answer loses whose it was.
CREATE TABLE customer_case (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    -- An answer opens one case, however often it is corrected.
    answer uuid NOT NULL UNIQUE REFERENCES survey_answer (id) ON DELETE CASCADE,
    customer uuid NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    mood text NOT NULL CHECK (mood IN ('unhappy', 'undecided', 'glad')),
    answered_at timestamptz NOT NULL,
    opened_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    -- A member; NULL while there is nobody who could have it.
    owner uuid,
    assigned_at timestamptz,
    -- When the person was reached at all, and when since the case was opened last.
    reached_at timestamptz,
    contacted_at timestamptz,
    closed_at timestamptz,
    outcome text CHECK (outcome IN ('solved', 'apologised', 'unsolved', 'thanked', 'no_answer', 'wrong_person', 'gone',
                                    'answered_better')),
    -- When its owner was last told by mail that it waits.
    told_at timestamptz,
    state text NOT NULL GENERATED ALWAYS AS (
        CASE WHEN closed_at IS NOT NULL THEN 'closed' WHEN contacted_at IS NOT NULL THEN 'contacted' ELSE 'open' END
    ) STORED,
    CHECK ((owner IS NULL) = (assigned_at IS NULL)),
    CHECK ((closed_at IS NULL) = (outcome IS NULL)),
    CHECK (due_at > opened_at AND opened_at >= answered_at),
    CHECK (reached_at >= opened_at AND contacted_at >= reached_at),
    CHECK (contacted_at IS NULL OR reached_at IS NOT NULL),
    CHECK (closed_at >= opened_at),
    -- Nobody was helped, or told that we are sorry, who was not reached.
    CHECK (outcome NOT IN ('solved', 'apologised', 'unsolved', 'thanked') OR contacted_at IS NOT NULL)
);
CREATE INDEX customer_case_customer ON customer_case (customer, opened_at DESC);
CREATE INDEX customer_case_open ON customer_case (due_at, id) WHERE closed_at IS NULL;
CREATE INDEX customer_case_closed ON customer_case (closed_at DESC, id DESC) WHERE closed_at IS NOT NULL;
CREATE INDEX customer_case_owner ON customer_case (owner, assigned_at DESC);
CREATE INDEX customer_case_opened ON customer_case (opened_at);
CREATE INDEX customer_case_answered ON customer_case (answered_at);
GRANT SELECT, INSERT, DELETE ON customer_case TO {role};
-- What opened it, for whom and when stands as it was written.
GRANT UPDATE (mood, due_at, owner, assigned_at, reached_at, contacted_at, closed_at, outcome, told_at) ON customer_case TO {role};

-- Who did what to a case when; append-only by grant, and without a word that anybody wrote. Each step leads on from
-- where the one before it led, so that no step is skipped or taken back.
CREATE TABLE case_step (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    customer_case uuid NOT NULL REFERENCES customer_case (id) ON DELETE CASCADE,
    position integer NOT NULL CHECK (position > 0),
    previous integer GENERATED ALWAYS AS (NULLIF(position - 1, 0)) STORED,
    at timestamptz NOT NULL,
    actor text NOT NULL CHECK (actor ~ '^(staff|system):'),
    what text NOT NULL CHECK (what IN ('opened', 'assigned', 'noted', 'tried', 'reached', 'mailed', 'answered_anew',
                                       'closed', 'reopened')),
    was text CHECK (was IN ('open', 'contacted', 'closed')),
    became text NOT NULL CHECK (became IN ('open', 'contacted', 'closed')),
    detail jsonb NOT NULL DEFAULT '{}',
    UNIQUE (customer_case, position),
    UNIQUE (customer_case, position, became),
    FOREIGN KEY (customer_case, previous, was) REFERENCES case_step (customer_case, position, became),
    CHECK ((position = 1) = (was IS NULL) AND (position = 1) = (what = 'opened')),
    CHECK (what <> 'opened' OR became = 'open'),
    CHECK (what NOT IN ('assigned', 'noted', 'tried', 'answered_anew') OR was = became),
    CHECK (what NOT IN ('reached', 'mailed') OR (was <> 'closed' AND became = 'contacted')),
    CHECK (what <> 'closed' OR (was <> 'closed' AND became = 'closed')),
    CHECK (what <> 'reopened' OR (was = 'closed' AND became = 'open'))
);
GRANT SELECT, INSERT, DELETE ON case_step TO {role};

-- What staff wrote down of a case, in the person's own seal.
CREATE TABLE case_note (
    id uuid PRIMARY KEY,
    customer_case uuid NOT NULL REFERENCES customer_case (id) ON DELETE CASCADE,
    at timestamptz NOT NULL,
    member uuid NOT NULL,
    words_sealed bytea NOT NULL
);
CREATE INDEX case_note_case ON case_note (customer_case, at);
GRANT SELECT, INSERT, DELETE ON case_note TO {role};

-- Which answers open a case and until when; what is not here is as the program has it.
CREATE TABLE care_rule (
    mood text PRIMARY KEY CHECK (mood IN ('unhappy', 'undecided', 'glad')),
    opens boolean NOT NULL,
    amount integer NOT NULL CHECK (amount BETWEEN 1 AND 365),
    unit text NOT NULL CHECK (unit IN ('hours', 'working_days', 'days')),
    changed_at timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON care_rule TO {role};

-- Whose cases are, where they are not shared out by turns, and which state's holidays the company keeps.
CREATE TABLE care_setting (
    id smallint PRIMARY KEY DEFAULT 1 CHECK (id = 1),
    owner uuid,
    region text NOT NULL DEFAULT '' CHECK (region ~ '^([A-Z]{2})?$'),
    changed_at timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON care_setting TO {role};

-- messages: what a member wrote to one person; goes with its mail or its person.
CREATE TABLE message_letter (
    -- The message's own.
    id uuid PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
    customer uuid NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    member uuid NOT NULL,
    subject_sealed bytea NOT NULL,
    words_sealed bytea NOT NULL,
    written_at timestamptz NOT NULL
);
CREATE INDEX message_letter_customer ON message_letter (customer);
GRANT SELECT, INSERT, DELETE ON message_letter TO {role};
