"""Whether a mail may go: its basis, a stop, too many; and what people say of that by the links of mails."""
