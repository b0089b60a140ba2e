"""What happened, told to the company's own systems: events, the endpoints that hear of them, and each delivery."""
