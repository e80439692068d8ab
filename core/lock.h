/* A mutex that is held to the end of the scope.
 *
 * POSIX's and not GLib's, which ThreadSanitizer does not see through.  [any] */
#pragma once

#include <pthread.h>

static inline pthread_mutex_t *safi_lock_begin(pthread_mutex_t *mutex)
{
	pthread_mutex_lock(mutex);
	return mutex;
}

static inline void safi_lock_end(pthread_mutex_t **mutex)
{
	pthread_mutex_unlock(*mutex);
}

/* As a declaration, once in a scope. */
#define SAFI_LOCK(mutex) \
	__attribute__((cleanup(safi_lock_end), unused)) pthread_mutex_t *safi_locked = \
		safi_lock_begin(mutex)
