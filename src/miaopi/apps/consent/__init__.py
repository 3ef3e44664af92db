"""What a person allows to be fetched, for what purpose and until when: receipts and their withdrawal."""
