"""The database server, and every way to it: roles, pools, a pooler, a replica, and what nobody may do there."""
