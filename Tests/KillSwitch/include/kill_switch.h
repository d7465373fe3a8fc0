// Nothing is called by name: the library is preloaded, see kill_switch.c.
