"""What people lack: what answers a wish, which wishes are one, which template fits. No I/O."""
