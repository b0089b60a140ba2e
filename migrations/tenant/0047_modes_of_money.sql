-- payouts: which modes of Stripe's money there are in this company. A company knows both from what it tried before; its
-- twin, in which things are tried out, loses the live one as it is made. The company's role cannot write them, so that no
-- live key of Stripe's can stand in a twin, and no call by one: without its row none is made.

CREATE TABLE money_mode (livemode boolean PRIMARY KEY);
INSERT INTO money_mode (livemode) VALUES (true), (false);
GRANT SELECT ON money_mode TO {role};

ALTER TABLE stripe_account ADD FOREIGN KEY (livemode) REFERENCES money_mode (livemode);
ALTER TABLE stripe_recipient ADD FOREIGN KEY (livemode) REFERENCES money_mode (livemode);
ALTER TABLE stripe_customer ADD FOREIGN KEY (livemode) REFERENCES money_mode (livemode);
ALTER TABLE payout_call ADD FOREIGN KEY (livemode) REFERENCES money_mode (livemode);
ALTER TABLE stripe_event ADD FOREIGN KEY (livemode) REFERENCES money_mode (livemode);
