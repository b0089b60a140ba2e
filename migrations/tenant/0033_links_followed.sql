-- referrals: where links lead, and clicks of people and of machines, by campaign.
-- Pages of the company's own that links may lead to: at this very host, all whose path begins so.
CREATE TABLE link_target (
    id uuid PRIMARY KEY,
    host text NOT NULL CHECK (host <> ''),
    path text NOT NULL CHECK (path ~ '^/([^?#]*/)?$'),
    added_at timestamptz NOT NULL,
    UNIQUE (host, path)
);
GRANT SELECT, INSERT, DELETE ON link_target TO {role};

-- Which of them a program's links lead to; of a program that is not here they lead to its landing page.
CREATE TABLE link_destination (
    program uuid PRIMARY KEY REFERENCES program (id),
    host text NOT NULL,
    path text NOT NULL CHECK (path LIKE '/%'),
    query text NOT NULL DEFAULT '',
    chosen_at timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE, DELETE ON link_destination TO {role};

-- Clicks are those of people; a machine's are counted beside them. Visitors are told apart for a day, by its salt.
ALTER TABLE click_count
    ADD COLUMN campaign text NOT NULL DEFAULT '',
    ADD COLUMN machines bigint NOT NULL DEFAULT 0 CHECK (machines >= 0),
    ADD COLUMN visitors bigint NOT NULL DEFAULT 0 CHECK (visitors >= 0),
    DROP CONSTRAINT click_count_clicks_check,
    ADD CHECK (clicks >= visitors),
    ADD CHECK (clicks + machines > 0),
    DROP CONSTRAINT click_count_pkey,
    ADD PRIMARY KEY (link, day_date, campaign);

CREATE TABLE visitor_salt (
    day_date date PRIMARY KEY,
    salt bytea NOT NULL CHECK (octet_length(salt) = 32)
);
GRANT SELECT, INSERT, DELETE ON visitor_salt TO {role};

-- Gone with its day's salt. The hash is of the link too: of two rows nobody can tell that they were one visitor.
CREATE TABLE click_visitor (
    link uuid NOT NULL REFERENCES share_link (id) ON DELETE CASCADE,
    day_date date NOT NULL,
    campaign text NOT NULL,
    visitor bigint NOT NULL,
    PRIMARY KEY (link, day_date, campaign, visitor)
);
CREATE INDEX click_visitor_day ON click_visitor (day_date);
GRANT SELECT, INSERT, DELETE ON click_visitor TO {role};

-- What the click said that led the friend to the form.
ALTER TABLE referral
    ADD COLUMN clicked_at timestamptz,
    ADD COLUMN campaign text NOT NULL DEFAULT '';
