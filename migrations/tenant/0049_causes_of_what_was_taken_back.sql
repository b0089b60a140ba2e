-- reward_reduction: says of all that was taken back of a reward that stands how much it was, of the whole of it too;
-- without a refund a person took it back. So what is owed is read from rows, and causes in the books may name the refund.
ALTER TABLE reward_reduction ALTER COLUMN refund DROP NOT NULL;
INSERT INTO reward_reduction (reward, refund, cents, reduced_at)
SELECT w.id, CASE WHEN w.milestone IS NULL THEN (
    SELECT f.id FROM refund f WHERE f.conversion = w.conversion AND f.told_at <= p.posted_at
        AND NOT EXISTS (SELECT FROM reward_reduction d WHERE d.reward = w.id AND d.refund = f.id)
    ORDER BY f.told_at DESC, f.id LIMIT 1) END, p.cents, p.posted_at
FROM reward w JOIN ledger_posting p ON p.cause = 'reward ' || w.id || ' clawed back'
WHERE w.state NOT IN ('canceled', 'expired');
