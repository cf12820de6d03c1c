"""What webhooks do on the events of the services."""
