"""Raw text to E.164, kind, region and how it was read; or a reason why not."""
