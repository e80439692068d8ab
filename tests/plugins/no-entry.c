/* A module, but of something else; or what a plugin exports, but as a variable. */
#ifndef VARIABLE
#define VARIABLE other_plugin
#endif

__attribute__((visibility("default"))) extern const int VARIABLE;
const int VARIABLE = 1;
