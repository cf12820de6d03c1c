"""What identity does on the events of the services."""
