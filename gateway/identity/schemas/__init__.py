"""What identity looks like on the wire."""
