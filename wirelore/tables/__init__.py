"""Tables: captures and evidence as data frames."""
