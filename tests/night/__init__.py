"""The scripted night of docs/rollout.md: an estate of its own, the commands of one operator, their real output."""
