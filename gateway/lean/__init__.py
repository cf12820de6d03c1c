"""The short way of reads: from the bytes of a request to its service and back, with no ASGI app in between."""
