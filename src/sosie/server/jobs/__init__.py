"""Durable jobs: killed at any moment, this server or another one goes on."""
