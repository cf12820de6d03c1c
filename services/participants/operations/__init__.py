"""Use cases: every change of state, one function each."""
