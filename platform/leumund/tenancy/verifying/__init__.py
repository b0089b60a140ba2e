"""Whether the wall between companies stands: asked of the database's catalog, and tried as every role."""
