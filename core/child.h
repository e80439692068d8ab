/* Work that may crash, hang or end the process, done in a process of its own.
 *
 * The child has the state of its parent and gives back one text; whatever happens to it, the parent
 * gets a sentence.  Nothing that it prints is seen, and what it started ends with it.  That keeps
 * accidents away, not attacks: the child has the rights of the caller.  [main], while there is no
 * other thread. */
#pragma once

#include <glib.h>

typedef struct SafiChild SafiChild;

/* The work, in the child: adds its answer, which holds no NUL, to `answer`. */
typedef void (*SafiChildWork)(SafiChild *child, GString *answer, gpointer data);

/* Says where the work is now, for the sentence: "in open()", "while it was loaded". */
void safi_child_at(SafiChild *child, const char *where);

/* How long to wait for an answer: SAFI_PROBE_SECONDS, else 10. */
double safi_child_seconds(void);

/* The whole answer; or NULL and in *ending how it ended: "crashed in open(): signal 11,
 * Segmentation fault".  Free either. */
char *safi_child_ask(SafiChildWork work, gpointer data, double seconds, char **ending);
