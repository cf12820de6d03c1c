"""Changes of state, one function per use case."""
