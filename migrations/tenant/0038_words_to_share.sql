-- referrals: a company's own words to share a link with; every version stays, with who wrote it.
CREATE TABLE share_text (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    program uuid NOT NULL REFERENCES program (id),
    language text NOT NULL CHECK (language ~ '^[a-z]{2}$'),
    channel text NOT NULL CHECK (channel IN ('whatsapp', 'sms', 'mail', 'letter', 'social', 'plain', 'print')),
    version integer NOT NULL CHECK (version > 0),
    subject text CHECK (length(subject) <= 2500),
    -- NULL: the company went back to our words.
    wording text CHECK (length(wording) <= 2500),
    written_by uuid NOT NULL,
    written_at timestamptz NOT NULL,
    UNIQUE (program, language, channel, version),
    CHECK (subject IS NULL OR wording IS NOT NULL)
);
GRANT SELECT, INSERT ON share_text TO {role};
