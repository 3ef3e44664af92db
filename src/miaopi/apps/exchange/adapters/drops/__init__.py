"""Daily drops of files: where they lie (a folder, or a server over SFTP) and what they are (CSV, XLSX or Parquet), each on its own."""
