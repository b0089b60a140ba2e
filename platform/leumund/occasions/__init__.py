"""Occasions: what a company does by itself when a day has come, in steps, through the one way out for mail."""
