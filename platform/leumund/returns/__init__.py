"""The entrance for mails that come back: SMTP, which company, no rules."""
