"""Tables of the gateway's schema, and the questions asked of them."""
