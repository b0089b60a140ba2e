-- refunds: one that failed, or a dispute the company won, counts no more from a moment on; told once more it is another
-- row, so that what the first took and gave back keeps its own causes.
ALTER TABLE refund
    ADD COLUMN restored_at timestamptz,
    DROP CONSTRAINT refund_order_id_told_as_key;
CREATE UNIQUE INDEX refund_stands ON refund (order_id, told_as) WHERE restored_at IS NULL;
CREATE INDEX refund_told ON refund (order_id, told_as);
GRANT UPDATE (restored_at) ON refund TO {role};

-- What an order is owed again is a row below zero.
ALTER TABLE reward_reduction
    DROP CONSTRAINT reward_reduction_cents_check,
    ADD CHECK (cents <> 0),
    DROP CONSTRAINT reward_reduction_reward_refund_key;
CREATE UNIQUE INDEX reward_reduction_once ON reward_reduction (reward, refund) WHERE cents > 0;
CREATE INDEX reward_reduction_refund ON reward_reduction (refund);
CREATE INDEX reward_reduction_reward ON reward_reduction (reward);

-- Owed once more beside a reward that was paid when less of it was owed, or whose debt was set off since.
ALTER TABLE reward ADD COLUMN tops_up uuid REFERENCES reward (id);
DROP INDEX reward_of_conversion;
CREATE UNIQUE INDEX reward_of_conversion ON reward (conversion, rule, beneficiary)
    WHERE state <> 'canceled' AND tops_up IS NULL;

-- How a referral stood before nothing was left by which it qualified, and since when; and why an order waited for a
-- person before all of it was given back.
ALTER TABLE referral
    ADD COLUMN voided_from text CHECK (voided_from IN ('attributed', 'qualified', 'in_review', 'approved')),
    ADD COLUMN voided_after timestamptz;
UPDATE referral r SET
    voided_from = CASE WHEN EXISTS (SELECT FROM reward w WHERE w.referral = r.id) THEN 'approved' ELSE 'in_review' END,
    voided_after = (SELECT min(granted_at) FROM reward w WHERE w.referral = r.id)
WHERE state = 'voided';
ALTER TABLE conversion
    DROP CONSTRAINT conversion_doubt_check,
    ADD CHECK (doubt IN ('large_order', 'budget', 'limit_reached')),
    ADD COLUMN doubt_before text CHECK (doubt_before IN ('large_order', 'budget', 'limit_reached'));
