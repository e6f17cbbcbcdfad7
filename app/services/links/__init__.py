"""Doors without a login: mailed links, the applicant's own page, and what is done there."""
