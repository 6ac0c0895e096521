"""Live state and connections: pure sessions, outboxes, hub and intake; one async writer."""
