-- referrals: clicks of the last days are read without those of all years.
CREATE INDEX click_count_day ON click_count (day_date);
