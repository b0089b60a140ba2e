"""What everybody may open: survey, landing page, confirmation, portal and legal pages of one company."""
