"""Work out who is in which segment, class customers by revenue, and find their interests: all in SQL over everybody."""
