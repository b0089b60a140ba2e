"""The pages: public, portal, console and operator; they know HTTP and which company, and hold no rules."""
