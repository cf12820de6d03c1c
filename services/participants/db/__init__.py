"""Tables of this room's schema, and the questions asked of them."""
