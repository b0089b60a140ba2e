"""What an operator may see of the company for a while, because its owner said so: granted, ended, and noted read by read."""
