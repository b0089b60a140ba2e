"""Records the law asks for, written from what is really configured: processing, measures, and that both were kept."""
