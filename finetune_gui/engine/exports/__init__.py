"""Takes a tuned model away: a folder with the network, what it needs, and proof that it is the same."""
