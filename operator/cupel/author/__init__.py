"""The author: the process that makes the tools that gaps are planned to become. It approves nothing."""
