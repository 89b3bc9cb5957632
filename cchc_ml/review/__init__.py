"""Labels of people: what to label, how it is labelled, and how several people's labels become one."""
