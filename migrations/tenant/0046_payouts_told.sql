-- payouts: the company's own systems read them newest first, whatever batch they are of.
CREATE INDEX payout_newest ON payout (created_at DESC, id DESC);
