"""What people change about themselves: their mailbox, what is stored of them, and what they allow."""
