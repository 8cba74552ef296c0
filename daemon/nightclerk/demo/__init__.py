"""The demonstration: loopback servers, senders and a mailbox around a real daemon. Needs the optional packages of ``demo``."""
