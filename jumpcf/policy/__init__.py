"""IAM's own logic over plain JSON: what a request may do under policies, and which statement decides.

Takes policy documents as they are rendered, and a request with the context that AWS would give it; gives
decisions.  Never meets the builders of policies, makes no calls.  May import: errors.

The world is closed: what jumpcf's templates may hold.  Whatever is not implemented is an UnknownConstruct
(P2xx), never a guess.
"""
