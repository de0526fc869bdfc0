"""Ten panels whose tables are called what their makers called them."""

from schema_matching.own_panels import codes, freeswitch, german, numbered, russian, spanish
from schema_matching.product_panels import a2billing, freepbx, magnus, php

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
