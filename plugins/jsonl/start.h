/* Tells of an input by how it begins that it is no JSON Lines at all, so that it is refused once
 * and in words, not line by line.  Pure functions, any thread. */
#pragma once

#include "safi.h"

/* A stable code, NULL: nothing speaks against it; and a sentence for people, constant. */
typedef struct StartFault { const char *code, *message; } StartFault;

enum { START_REACH = 4096 /* bytes of an input that are looked at */ };

/* Of the first bytes of an input, or all of its first line. */
StartFault start_fault(safi_bytes start);

/* Of the first line that is not blank, whole: a value that goes on in the next one. */
StartFault start_open_fault(safi_bytes line);

/* Of an input that begins with an array. */
extern const StartFault start_array;
