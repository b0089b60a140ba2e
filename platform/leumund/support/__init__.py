"""What an operator may see for a while because an owner said so: granted, ended, and noted read by read."""
