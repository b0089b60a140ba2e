-- referrals: who recommended may have been named in a file that a member brought, and no shop, form or customer said so.
ALTER TABLE referral_claim ADD COLUMN from_file boolean NOT NULL DEFAULT false;
ALTER TABLE referral_signal DROP CONSTRAINT referral_signal_signal_check, ADD CONSTRAINT referral_signal_signal_check CHECK (
    signal IN ('same_address', 'same_phone', 'same_birth', 'same_name', 'same_household', 'same_network', 'circle',
               'bought_before', 'known_before', 'disposable_mail', 'velocity', 'refunds', 'from_file', 'large_order', 'budget',
               'entered'));
