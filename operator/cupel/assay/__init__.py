"""The analyser in a limited child process: untrusted bytes never meet the caller's memory."""
