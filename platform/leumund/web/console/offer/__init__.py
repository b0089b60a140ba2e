"""What the company offers: its programs, what people share with, its words, and what its friends bring."""
