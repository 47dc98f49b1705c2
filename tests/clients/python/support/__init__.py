"""What the tests are written with: the server, its control calls, the callers and the expectations."""
