-- referrals: signs that a recommendation may be none, each seen once, with what it weighed then. They replace the one
-- word of doubt, are added to and never changed, and say nothing of how they were found.
CREATE TABLE referral_signal (
    referral uuid NOT NULL REFERENCES referral (id) ON DELETE CASCADE,
    signal text NOT NULL CHECK (signal IN ('same_address', 'same_phone', 'same_birth', 'same_name', 'same_household',
                                           'same_network', 'circle', 'bought_before', 'known_before',
                                           'disposable_mail', 'velocity', 'refunds', 'large_order', 'budget')),
    weight smallint NOT NULL CHECK (weight BETWEEN 1 AND 100),
    at timestamptz NOT NULL,
    PRIMARY KEY (referral, signal)
);
INSERT INTO referral_signal (referral, signal, weight, at)
SELECT id, doubt, 100, coalesce(qualified_at, attributed_at) FROM referral WHERE doubt IS NOT NULL;
ALTER TABLE referral DROP COLUMN doubt;
GRANT SELECT, INSERT ON referral_signal TO {role};

-- What each sign weighs in a program; what is not here weighs what we say, and 0 is not looked for.
CREATE TABLE program_signal (
    program uuid NOT NULL REFERENCES program (id) ON DELETE CASCADE,
    signal text NOT NULL CHECK (signal ~ '^[a-z_]+$'),
    weight smallint NOT NULL CHECK (weight BETWEEN 0 AND 100),
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (program, signal)
);
GRANT SELECT, INSERT, UPDATE ON program_signal TO {role};

-- How many friends a day the others of a program bring, and which were bought by last.
CREATE INDEX referral_pace ON referral (program, attributed_at DESC) WHERE confirmed_at IS NOT NULL;
CREATE INDEX referral_qualified ON referral (program, qualified_at DESC) WHERE qualified_at IS NOT NULL;
