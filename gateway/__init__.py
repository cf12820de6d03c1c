"""The one front door: authenticates, routes, composes, documents; owns no domain data."""
