"""Which companies there are, where each lives, and the only way into one."""
