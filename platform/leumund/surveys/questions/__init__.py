"""What a survey asks: the kinds of questions, their words, and which of them somebody is led to."""
