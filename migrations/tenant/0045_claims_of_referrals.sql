-- referrals: who recommended somebody as their shop told it, with a click's token or with a code. What was told is a row,
-- and what became of it at an event of the person's another; both are only added to.
CREATE TABLE referral_claim (
    id uuid PRIMARY KEY,
    -- The friend.
    customer uuid NOT NULL REFERENCES customer (id) ON DELETE CASCADE,
    -- None where nobody has the code, or the token is none of ours; and once the link is gone.
    link uuid REFERENCES share_link (id) ON DELETE SET NULL,
    way text NOT NULL CHECK (way IN ('choice', 'support', 'code', 'click')),
    -- When the link was followed, or the code told; and when we were told of it.
    claimed_at timestamptz NOT NULL,
    told_at timestamptz NOT NULL,
    campaign text NOT NULL DEFAULT '',
    -- Whether the friend saw the program's conditions, as whoever told us says.
    conditions_shown boolean NOT NULL
);
CREATE INDEX referral_claim_customer ON referral_claim (customer, told_at DESC);
CREATE INDEX referral_claim_link ON referral_claim (link);
GRANT SELECT, INSERT ON referral_claim TO {role};

CREATE TABLE claim_judgement (
    claim uuid NOT NULL REFERENCES referral_claim (id) ON DELETE CASCADE,
    conversion uuid NOT NULL REFERENCES conversion (id) ON DELETE CASCADE,
    reason text NOT NULL CHECK (reason IN (
        'won', 'weaker', 'referral_stands', 'existing_customer', 'own_link', 'not_running', 'too_old', 'too_early',
        'code_unknown', 'click_invalid')),
    at timestamptz NOT NULL,
    PRIMARY KEY (claim, conversion)
);
CREATE INDEX claim_judgement_conversion ON claim_judgement (conversion);
GRANT SELECT, INSERT ON claim_judgement TO {role};

-- Such a referral has no sign-up: nobody asked for it in a form of ours, and no terms were accepted there.
ALTER TABLE referral
    ALTER COLUMN request DROP NOT NULL,
    ALTER COLUMN terms DROP NOT NULL,
    ADD COLUMN claim uuid UNIQUE REFERENCES referral_claim (id),
    ADD CONSTRAINT referral_is_signed_up_or_claimed
        CHECK ((claim IS NULL) = (request IS NOT NULL) AND (request IS NULL) = (terms IS NULL));
