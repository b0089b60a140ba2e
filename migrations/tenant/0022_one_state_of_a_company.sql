-- company: whose public holidays count where a country's states have their own. Until now quiet hours and deadlines of
-- cases each had a word of it; the later one stands.
ALTER TABLE company_profile ADD COLUMN region text NOT NULL DEFAULT '' CHECK (region ~ '^([A-Z]{2})?$');
UPDATE company_profile SET region = said.region
FROM (
    SELECT region, changed_at FROM message_quiet WHERE region <> ''
    UNION ALL
    SELECT region, changed_at FROM care_setting WHERE region <> ''
    ORDER BY changed_at DESC
    LIMIT 1
) AS said;
ALTER TABLE message_quiet DROP COLUMN region;
ALTER TABLE care_setting DROP COLUMN region;
