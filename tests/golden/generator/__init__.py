"""The families of golden cases; each module offers goldens(), the list of its functions."""
