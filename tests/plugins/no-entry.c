/* A module, but of something else. */
__attribute__((visibility("default"))) extern const int other_plugin;
const int other_plugin = 1;
