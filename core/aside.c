#include "aside.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

void safi_aside_begin(SafiAside *aside)
{
	fflush(stdout);
	aside->kept = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	dup2(STDERR_FILENO, STDOUT_FILENO);
}

/* What was printed may still be in stdio's buffer, and must leave it on this side. */
void safi_aside_end(SafiAside *aside)
{
	fflush(stdout);
	if (aside->kept >= 0) {
		dup2(aside->kept, STDOUT_FILENO);
		close(aside->kept);
	} else {
		close(STDOUT_FILENO);
	}
}
