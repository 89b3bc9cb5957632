"""Reports about a set of articles: an overview page and a dossier."""
