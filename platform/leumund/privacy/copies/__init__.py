"""All that is stored of a person, collected by the register: told in words, and handed over for machines."""
