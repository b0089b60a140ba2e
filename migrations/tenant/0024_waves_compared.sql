-- surveys: whom a wave does not ask so that there is something to compare with, and by what.
ALTER TABLE survey_wave
    ADD COLUMN control_percent smallint NOT NULL DEFAULT 0 CHECK (control_percent BETWEEN 0 AND 50),
    ADD COLUMN goal text NOT NULL DEFAULT 'bought' CHECK (goal IN ('bought', 'recommended'));
