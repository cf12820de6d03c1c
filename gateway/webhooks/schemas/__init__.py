"""What webhooks look like on the wire."""
