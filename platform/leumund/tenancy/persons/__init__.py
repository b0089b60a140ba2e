"""Keys of people, kept in a file beside the backups: who was erased is erased in old copies too."""
