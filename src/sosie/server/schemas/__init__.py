"""What the API takes and gives, one file a topic. Names are those of the report, except in `outline`."""
