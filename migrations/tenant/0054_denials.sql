-- rewards: a later order or a lost milestone that a person denied is a decision like any other, about that alone; people
-- are told of it, and whoever objected has it decided again.
ALTER TABLE review_decision
    ADD COLUMN conversion uuid REFERENCES conversion (id) ON DELETE CASCADE,
    ADD COLUMN reward uuid REFERENCES reward (id) ON DELETE CASCADE,
    DROP CONSTRAINT review_decision_verdict_check,
    ADD CHECK (verdict IN ('approved', 'refused', 'reopened', 'denied')),
    DROP CONSTRAINT review_decision_check,
    ADD CHECK ((verdict IN ('refused', 'denied')) = (why IS NOT NULL)),
    ADD CHECK (num_nonnulls(conversion, reward) = CASE verdict WHEN 'denied' THEN 1 WHEN 'reopened' THEN
               num_nonnulls(conversion, reward) ELSE 0 END),
    ADD CHECK (num_nonnulls(conversion, reward) <= 1);
ALTER TABLE conversion
    DROP CONSTRAINT conversion_doubt_check,
    ADD CHECK (doubt IN ('large_order', 'budget', 'limit_reached', 'objected')),
    DROP CONSTRAINT conversion_doubt_before_check,
    ADD CHECK (doubt_before IN ('large_order', 'budget', 'limit_reached', 'objected'));
