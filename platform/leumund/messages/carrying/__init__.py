"""How a company's mails travel: under its own domain and signature, over whose server, and what comes back of them."""
