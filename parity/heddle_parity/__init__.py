"""Asks Flax what is right: golden cases for the repository, fresh ones for the live test."""
