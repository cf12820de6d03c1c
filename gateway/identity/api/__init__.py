"""HTTP edge: who may, what comes in, which call, what goes out."""
