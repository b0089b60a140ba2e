-- rewards: whoever seeks referrals by how an order is called reads those orders alone, however many there are; and what
-- was decided about an order or a reward, as is asked of each that is judged late, is found without reading every
-- decision.
CREATE INDEX conversion_order_prefix ON conversion (lower(order_id) text_pattern_ops);
CREATE INDEX review_decision_conversion ON review_decision (conversion) WHERE conversion IS NOT NULL;
CREATE INDEX review_decision_reward ON review_decision (reward) WHERE reward IS NOT NULL;
