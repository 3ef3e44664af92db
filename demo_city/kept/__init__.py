"""What agencies keep by table: `data/kept.csv` says of whom, `data/columns.csv` what, `data/faults.csv` how it goes wrong."""
