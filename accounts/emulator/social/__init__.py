"""Social providers: the endpoints of the Auth server, and a provider that is only pretended."""
