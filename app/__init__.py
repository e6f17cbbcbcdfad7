"""The shell: settings, database, use cases, pages, workers. The only package that knows the others."""
