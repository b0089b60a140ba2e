"""What people ask for by law: opened, identified, worked on and answered before its time is over."""
