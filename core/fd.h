/* Writing to file descriptors that may be interrupted, or set not to block.
 *
 * Keeps nothing; errors are left in errno.  [any] */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* All of the bytes, in as few writes as the kernel takes; false and errno when it cannot. */
bool safi_fd_write(int fd, const void *bytes, size_t len);

/* False when what was written may be lost, errno says why; what cannot be synced, such as a pipe,
 * is as good as it can be. */
bool safi_fd_sync(int fd);
