"""External partners' access to many AWS accounts through one jump account."""

__version__ = "0.1.0"
