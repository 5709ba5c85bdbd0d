"""Tests of the LINE stand-in: it must refuse what LINE refuses and break where it is told to."""
