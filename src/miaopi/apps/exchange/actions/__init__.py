"""What this room does: settle agreements, pull facts, push records, answer disputes and objections, see after base registers."""
