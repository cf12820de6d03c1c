"""Tables of webhooks, and the questions asked of them."""
