"""Who is asked, when and how often, and who is not and why."""
