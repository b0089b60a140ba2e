-- referrals: support enters whom a customer names who came by no link; who entered it and why is kept with it.
ALTER TABLE referral_claim
    ADD COLUMN told_by uuid,
    ADD COLUMN reason_sealed bytea,
    ADD CONSTRAINT referral_claim_support_has_a_name CHECK (
        (way = 'support') = (told_by IS NOT NULL) AND (told_by IS NULL) = (reason_sealed IS NULL));

-- Whoever names somebody after buying has what was said at the purchase judged once more at the same event: each reason is
-- kept once, and the newest counts unless one of them is that it won.
ALTER TABLE claim_judgement
    DROP CONSTRAINT claim_judgement_pkey,
    ADD PRIMARY KEY (claim, conversion, reason);
