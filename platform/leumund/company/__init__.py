"""Who speaks: the company's name, imprint, sender, languages and look."""
