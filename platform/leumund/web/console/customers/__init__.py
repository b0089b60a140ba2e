"""Who the customers are, what they agreed to, which of them are alike, and who needs looking after."""
