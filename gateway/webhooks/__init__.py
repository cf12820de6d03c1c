"""Webhooks: other systems are told what has happened, after the Standard Webhooks specification."""
