/* What a process that runs a stranger's code may not do: take memory and time without end, reach
 * the network, write files or read those that are none of its business, reach other processes.
 *
 * For the process that is to be kept in; there is no way back.  Rights are taken by what the kernel
 * has: limits and seccomp everywhere, Landlock since Linux 5.13.  What it has not is left out
 * without a word: a crash costs no more for it.  [main] of a process without other threads. */
#pragma once

#include <glib.h>

typedef struct SafiSandbox {
	gsize memory;                /* bytes that it may have beyond those it has */
	const char *const *readable; /* files and directories, NULL-terminated, beside the system's */
} SafiSandbox;

void safi_sandbox_enter(const SafiSandbox *sandbox);

/* Seconds of CPU from now on; then the kernel ends the process.  For when nobody watches the
 * clock. */
void safi_sandbox_allow_cpu(double seconds);

/* The version of Landlock that the kernel has, for tests: files are hidden from 1 on, other
 * processes from 6 on; 0 or less: none. */
int safi_sandbox_landlock(void);
