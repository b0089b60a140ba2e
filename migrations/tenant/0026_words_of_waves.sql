-- surveys: the words of a wave's own invitation, by language; what is not here has those of all invitations.
ALTER TABLE survey_wave ADD COLUMN texts jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(texts) = 'object');
