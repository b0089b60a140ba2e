"""What people have a right to is done: by themselves in the portal, by the mail loop, or at a press by staff."""
