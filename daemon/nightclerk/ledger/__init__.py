"""What Nightclerk remembers: looks, claims, runs, letters. The database is the queue; a claim is one conditional write."""
