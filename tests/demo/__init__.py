"""The demo: the main job of Cupel, told on a real cluster."""
