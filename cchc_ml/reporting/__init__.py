"""Reports on a set of articles: the overview page and the dossier."""
