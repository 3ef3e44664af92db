"""Long proofs with full figures: each module has `main() -> dict`, run by `./miaopi prove NAME`."""
