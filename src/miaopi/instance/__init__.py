"""What runs: embedded servers, the supervisor that owns every process, the worker, and the verbs' way in."""
