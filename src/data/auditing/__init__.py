"""What `audit_ink` measures and draws."""
