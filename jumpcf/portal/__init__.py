"""What a partner is given: one page, profiles for the command line, a list for a browser extension, an e-mail.

Takes the estate and the answers of access; gives a Kit and its files as bytes, and puts them in a folder and a zip.
No AWS and no clock: when it is asked for is the caller's to say, and the same kit gives the same bytes.
May import: access, estate, artifacts, errors; jinja2 when a text is made.
"""
