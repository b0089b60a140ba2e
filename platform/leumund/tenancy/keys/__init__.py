"""Keys of the deployment and of each company: derived, wrapped, kept, and taking turns."""
