"""What mail systems do with the links of mails, and what people do: acted out against the real pages."""
