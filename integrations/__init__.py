"""How we talk to the outside: Google, mail, files, and the local stand-ins. No Flask, no SQLAlchemy."""
