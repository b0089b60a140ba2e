-- referrals: what support entered has a person look, who is somebody else than whoever entered it.
ALTER TABLE referral_signal DROP CONSTRAINT referral_signal_signal_check, ADD CONSTRAINT referral_signal_signal_check CHECK (
    signal IN ('same_address', 'same_phone', 'same_birth', 'same_name', 'same_household', 'same_network', 'circle',
               'bought_before', 'known_before', 'disposable_mail', 'velocity', 'refunds', 'large_order', 'budget', 'entered'));
