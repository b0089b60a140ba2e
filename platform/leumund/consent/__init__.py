"""What people allowed this company and no other: texts and their versions, requests, evidence, suppression."""
