"""The operator's commands; may import everything, nobody imports them."""
