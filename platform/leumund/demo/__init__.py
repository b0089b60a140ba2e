"""The main job played once on real parts, for people to watch."""
