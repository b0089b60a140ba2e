"""What people ask of their data, and how the law is kept."""
