"""The part of common that knows the web framework; `domain` and `db` never import it."""
