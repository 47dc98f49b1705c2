"""What the tests are written with: the server, accounts, callers and the expectations."""
