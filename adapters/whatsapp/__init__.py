"""WhatsApp Cloud API: webhooks in, Graph calls out."""
