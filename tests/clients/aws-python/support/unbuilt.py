"""What is to come: operations, and `policies`, that what the policies of a caller say decides.

A test that needs an operation of these is skipped, one marked `policies` has to fail, until it is there. Then it has
to leave this list: `test_zz_coverage.py` and the marked tests see to that.
"""

UNBUILT = {
    "policies",
}
