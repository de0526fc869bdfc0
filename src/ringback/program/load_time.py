"""When this process began to load the program: imported before every other module of it."""

import time

# Seconds since 1970.
LOADED_AT = time.time()
