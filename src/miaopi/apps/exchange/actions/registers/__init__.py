"""What this room does with base registers: answer from them, have their coverage counted, let a person decide on duplicates."""
