"""Runs the whole of HubOut on one machine: embedded services, the processes of the Procfile, and their end."""
