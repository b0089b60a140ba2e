"""Questions, invitations and answers, and what the answers say together."""
