"""Who did what when: entries that nobody, the company included, can change afterwards."""
