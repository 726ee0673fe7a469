"""Requests that leave the house for an address that somebody typed: signed, to public addresses only, within limits of
time and size. Knows no Django."""
