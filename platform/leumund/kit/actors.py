"""Who acts where nobody is signed in, as every log names them."""

# Whoever sits at the machine runs the platform: an operator, whichever one it is.
COMMAND_LINE = "operator:cli"
SIGN_IN = "system:sign-in"
WORKER = "system:worker"
