"""Rules of webhooks that need neither network nor database."""
