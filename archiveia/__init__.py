"""archiveia: from scanned archives to described, retention-checked, searchable records."""
