"""Wire shapes, in and out."""
