"""Development stand-in for Supabase Auth. Start it with ``python -m accounts.emulator``.

It speaks the HTTP contract that the portal relies on, and nothing else; ``tests/contract``
pins that contract and runs unchanged against a real Auth server. Nothing here is meant to
guard real accounts, so it starts only while DEBUG is true and listens only on loopback.
"""
