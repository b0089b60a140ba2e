"""What answers say together: counted once, compared honestly, and hidden where few gave them."""
