"""A company as one file: written here, sealed for whoever may read it, and taken in on another deployment."""
