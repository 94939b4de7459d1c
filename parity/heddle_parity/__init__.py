"""Computes reference outputs with Flax: golden cases for the repository, random ones for the live test."""
