"""Views joined from several services, one per file: parts asked at once, each required or optional."""
