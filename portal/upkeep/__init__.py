"""Pages on which staff keep the settings: windows, reasons, and the pictures that everybody has."""
