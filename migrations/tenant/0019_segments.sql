-- customers: segments, each with its purpose, its definition by versions and who is in it; classes by revenue and
-- interests, of those alone who agreed to be evaluated; and what purchases say for that.

-- What kind of thing was bought, in the shop's own short keys.
ALTER TABLE conversion ADD COLUMN categories text[] NOT NULL DEFAULT '{}' CHECK (
    cardinality(categories) <= 8 AND array_position(categories, NULL) IS NULL
    AND array_to_string(categories, ',') ~ '^([a-z0-9][a-z0-9_-]{0,39}(,[a-z0-9][a-z0-9_-]{0,39})*)?$'
);

CREATE TABLE segment (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    key text NOT NULL UNIQUE CHECK (key ~ '^[a-z0-9-]{1,60}$'),
    name text NOT NULL CHECK (name <> ''),
    -- Nobody is selected for nothing (Art. 5(1)(b) GDPR).
    purpose text NOT NULL CHECK (purpose <> ''),
    version integer NOT NULL CHECK (version > 0),
    definition jsonb NOT NULL,
    -- It asks how people behave: then only those are in it who agreed to be evaluated.
    evaluates boolean NOT NULL,
    -- It came with the program, and is named in each reader's language until somebody gives it words of their own.
    shipped boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    computed_at timestamptz,
    ended_at timestamptz
);
-- What a segment asked, and what for, at any time.
CREATE TABLE segment_version (
    segment uuid NOT NULL REFERENCES segment (id),
    version integer NOT NULL CHECK (version > 0),
    purpose text NOT NULL CHECK (purpose <> ''),
    definition jsonb NOT NULL,
    actor text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (segment, version)
);
CREATE TABLE segment_member (
    segment uuid NOT NULL REFERENCES segment (id),
    customer uuid NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    since_date date NOT NULL,
    PRIMARY KEY (segment, customer)
);
CREATE INDEX segment_member_customer ON segment_member (customer);
-- How many were in it on a day, how many had come and how many had gone; no more is kept of those who went.
CREATE TABLE segment_course (
    segment uuid NOT NULL REFERENCES segment (id),
    day_date date NOT NULL,
    members bigint NOT NULL CHECK (members >= 0),
    came bigint NOT NULL CHECK (came >= 0),
    went bigint NOT NULL CHECK (went >= 0),
    PRIMARY KEY (segment, day_date)
);

-- By which a customer is an A, a B or a C; without a row 80 and 95 percent of the revenue of twelve months.
CREATE TABLE class_rule (
    id uuid PRIMARY KEY,
    months smallint NOT NULL CHECK (months BETWEEN 1 AND 60),
    a_percent smallint NOT NULL CHECK (a_percent BETWEEN 1 AND 98),
    b_percent smallint NOT NULL CHECK (b_percent BETWEEN a_percent + 1 AND 99),
    -- Whether measures that cost money leave class C out.
    spares_c boolean NOT NULL,
    changed_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX class_rule_one ON class_rule ((true));
-- A class as a whole, over everybody who bought: a figure about a company's revenue, and about nobody.
CREATE TABLE class_figure (
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    class text NOT NULL CHECK (class IN ('A', 'B', 'C')),
    customers bigint NOT NULL CHECK (customers > 0),
    cents bigint NOT NULL CHECK (cents >= 0),
    computed_at timestamptz NOT NULL,
    PRIMARY KEY (currency, class)
);
-- Who agreed to it has a class in each currency they bought in, with all it follows from: nothing is converted.
CREATE TABLE customer_class (
    customer uuid NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    class text NOT NULL CHECK (class IN ('A', 'B', 'C')),
    rank bigint NOT NULL CHECK (rank > 0),
    cents bigint NOT NULL CHECK (cents > 0),
    -- What those brought in who bought for more, and what everybody did.
    before_cents bigint NOT NULL CHECK (before_cents >= 0),
    total_cents bigint NOT NULL CHECK (total_cents >= before_cents + cents),
    since_date date NOT NULL,
    PRIMARY KEY (customer, currency)
);
CREATE INDEX customer_class_ranked ON customer_class (currency, rank, customer);
-- Who moved from one class to another; nothing after it is a customer who bought nothing in the time that counts.
CREATE TABLE class_change (
    customer uuid NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    day_date date NOT NULL,
    before text NOT NULL CHECK (before IN ('A', 'B', 'C')),
    after text CHECK (after IN ('A', 'B', 'C') AND after <> before),
    alerted_at timestamptz,
    PRIMARY KEY (customer, currency, day_date)
);
CREATE INDEX class_change_day ON class_change (day_date DESC, customer);
-- What somebody buys more often than others do, with the counts it follows from.
CREATE TABLE customer_interest (
    customer uuid NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    category text NOT NULL CHECK (category ~ '^[a-z0-9][a-z0-9_-]{0,39}$'),
    bought bigint NOT NULL CHECK (bought > 0),
    purchases bigint NOT NULL CHECK (purchases >= bought),
    -- How large its share is in all purchases of the company, and in this customer's, drawn to it.
    mean double precision NOT NULL CHECK (mean > 0 AND mean <= 1),
    share double precision NOT NULL CHECK (share > 0 AND share <= 1),
    PRIMARY KEY (customer, category)
);
GRANT SELECT, INSERT, UPDATE, DELETE ON segment, segment_member, segment_course, class_rule, class_figure,
    customer_class, class_change, customer_interest TO {role};
GRANT SELECT, INSERT ON segment_version TO {role};

-- Whether somebody agreed to be evaluated is asked of everybody at once.
CREATE INDEX consent_event_profile ON consent_event (customer, at DESC) WHERE purpose = 'profile' AND channel = 'email';
CREATE INDEX conversion_bought ON conversion (occurred_at) INCLUDE (customer, cents, currency) WHERE refunded_at IS NULL;
