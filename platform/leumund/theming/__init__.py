"""A company's look: design tokens, stylesheets, templates and static files, chosen by theme."""
