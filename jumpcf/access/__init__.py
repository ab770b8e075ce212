"""Who can reach what, proved from the bytes that would be deployed.

Takes the rendered templates, the manifest, the sources and the estate's tree of accounts; gives a matrix, the
chain behind one answer, and the verdict on assertions.  Reads no AWS and asks no builder: every decision is
jumpcf.policy's, over the JSON in build/, and for one action in a session (`why --action`) also over the copies
of AWS's managed policies in snapshots/.  May import: artifacts, policy, estate, errors.
"""
