"""Signs that a recommendation may be none: each has a name, a reason and a weight, and none of them decides."""
