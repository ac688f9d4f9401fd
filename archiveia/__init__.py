"""archiveia: from scanned archives to described, retention-checked, searchable records."""

VERSION = "0.1.0"
