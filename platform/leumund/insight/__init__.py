"""Figures and charts across rooms."""
