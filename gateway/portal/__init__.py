"""The documentation portal: guides, reference and catalogues, all from what stands beside the code; offline."""
