"""The closed loop: whoever answered and is not happy is somebody's to look after, until it is settled."""
