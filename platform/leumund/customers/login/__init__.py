"""The way into the portal: a link to the mailbox, and a second factor beside it."""
