"""Programs behind every figure that the README quotes; each is run by itself."""
