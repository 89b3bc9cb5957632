"""From files to articles, paragraphs and table rows."""
