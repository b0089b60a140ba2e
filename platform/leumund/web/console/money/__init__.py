"""What recommendations bring and cost: referrals and their review, rewards, books and payouts."""
