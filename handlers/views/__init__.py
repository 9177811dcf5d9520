"""Pure view builders: a record in, Block Kit out; one file a journey, all through `kit`."""
