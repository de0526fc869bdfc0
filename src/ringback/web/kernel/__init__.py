"""What every web app for people stands on: routes with contracts, headers, limits, pages, languages, the server."""
