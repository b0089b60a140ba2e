"""Domains companies bring along: claimed by them, proven in the open, and served from then on."""
