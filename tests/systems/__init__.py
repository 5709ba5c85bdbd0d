"""What other systems rely on: Open311, the API, webhooks, Traffy Fondue."""
