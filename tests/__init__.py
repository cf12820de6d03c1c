"""What holds the house to its word; a package by name, because a dependency brings a `tests` of its own."""
