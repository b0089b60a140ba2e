"""What is written to people: mails and their words, limits, and occasions."""
