"""How people write what names and reaches them, and the one way we store it."""
