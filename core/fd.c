#include "fd.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

/* After a write that failed: whether to try again.  Waits first where that is why. */
static bool may_retry(int fd)
{
	struct pollfd ready = {.fd = fd, .events = POLLOUT};

	if (errno == EAGAIN) {
		poll(&ready, 1, -1);
		return true;
	}
	return errno == EINTR;
}

bool safi_fd_write(int fd, const void *bytes, size_t len)
{
	const char *at = bytes;

	while (len) {
		ssize_t put = write(fd, at, len);
		if (put >= 0) {
			at += put;
			len -= (size_t)put;
		} else if (!may_retry(fd)) {
			return false;
		}
	}
	return true;
}

/* fsync(2): EROFS and EINVAL are for special files that do not support synchronization. */
bool safi_fd_sync(int fd)
{
	return fsync(fd) == 0 || errno == EINVAL || errno == EROFS;
}
