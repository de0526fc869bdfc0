"""The pages of the public service, a module for each errand that people come with."""
