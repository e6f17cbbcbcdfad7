"""What leaves the house: mails and webhooks, from the outbox row to the server, and what comes back."""
