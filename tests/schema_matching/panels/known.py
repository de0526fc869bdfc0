"""The ten panels that the scoring was built with."""

from schema_matching.panels.home_made import codes, freeswitch, german, numbered, russian, spanish
from schema_matching.panels.products import a2billing, freepbx, magnus, php

PANELS = {
    "magnusbilling": magnus,
    "a2billing": a2billing,
    "freepbx": freepbx,
    "php panel": php,
    "spanish": spanish,
    "russian": russian,
    "german": german,
    "numbered": numbered,
    "codes and cards": codes,
    "freeswitch": freeswitch,
}
