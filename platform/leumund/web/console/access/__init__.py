"""Who gets in, from where and with which key, and what they did."""
