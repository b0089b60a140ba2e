"""Figures, charts and next steps across rooms."""
