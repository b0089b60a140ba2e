"""What a mail says: a company's own words or ours, looked over, filled in, framed, written, and tried out."""
