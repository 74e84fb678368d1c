"""What run-dev.sh and run-tests.sh do once the virtual environment stands."""
