"""The acts of the demonstration story, one file for each room that plays in it."""
