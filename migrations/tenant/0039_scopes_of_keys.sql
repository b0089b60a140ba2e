-- staff: what a key of the company's systems opens. Those there are opened everything there was.
ALTER TABLE staff_api_key ADD COLUMN scopes text[] NOT NULL DEFAULT '{}';
UPDATE staff_api_key SET scopes = ARRAY[
    'customers.read', 'customers.write', 'consents.write', 'purchases.write', 'surveys.write', 'referrals.read',
    'rewards.read'
];
ALTER TABLE staff_api_key ALTER COLUMN scopes DROP DEFAULT, ADD CHECK (cardinality(scopes) > 0);
