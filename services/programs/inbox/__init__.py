"""What this room does on events of others."""
