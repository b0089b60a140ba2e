"""Money leaves: what is due is collected, approved in batches, carried out of the house and settled."""
