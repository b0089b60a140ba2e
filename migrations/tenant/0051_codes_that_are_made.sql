-- payouts: codes are drawn by lot only where the company chose that, and makes them valid itself as it hears of them.
ALTER TABLE payout_way DROP CONSTRAINT payout_way_way_check,
    ADD CHECK (way IN ('stripe_transfer', 'stripe_balance', 'stripe_coupon', 'sepa', 'voucher', 'made', 'manual', 'goods',
                       'donation', 'points'));
-- When it was last told that codes of a worth are wanted for which there is no pool.
ALTER TABLE payout_setting ADD COLUMN codes_told_at timestamptz;
-- Whose code is still to be given.
CREATE INDEX reward_without_code ON reward (currency, cents)
    WHERE kind = 'voucher' AND voucher_code IS NULL AND state IN ('pending', 'approved', 'scheduled', 'failed');
