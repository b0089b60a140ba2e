-- rewards: a later order above the limit for four eyes is granted by the second member who approves it; this is the first.
ALTER TABLE conversion ADD COLUMN approved_by uuid;
