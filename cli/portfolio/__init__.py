"""The reference portfolio: what public sources say, in our words, and the way into the system."""
