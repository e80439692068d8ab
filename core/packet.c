#include "packet.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

typedef struct Head {
	uint32_t kind, len;
} Head;

/* Room for one descriptor, aligned as the kernel wants it. */
typedef union Control {
	struct cmsghdr head;
	char bytes[CMSG_SPACE(sizeof(int))];
} Control;

bool safi_packet_pair(int ends[2])
{
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0;
}

/* Until the socket is ready; false when it is too late. */
static bool wait_for(int fd, short events, gint64 deadline)
{
	struct pollfd ready = {.fd = fd, .events = events};
	gint64 left = -1;

	do {
		if (deadline != G_MAXINT64) {
			left = (deadline - g_get_monotonic_time() + 999) / 1000;
			if (left <= 0) {
				return false;
			}
			left = MIN(left, G_MAXINT);
		}
	} while (poll(&ready, 1, (int)left) <= 0);
	return true;
}

static bool may_retry(void)
{
	return errno == EAGAIN || errno == EINTR || errno == ENOBUFS;
}

static SafiPacketResult send_packet(int to, struct msghdr *message, gint64 deadline)
{
	const int flags = MSG_NOSIGNAL | (deadline == G_MAXINT64 ? 0 : MSG_DONTWAIT);

	while (sendmsg(to, message, flags) < 0) {
		if (!may_retry()) {
			return SAFI_PACKET_ENDED;
		}
		if (!wait_for(to, POLLOUT, deadline)) {
			return SAFI_PACKET_LATE;
		}
	}
	return SAFI_PACKET_GOOD;
}

SafiPacketResult safi_packet_send(int to, uint32_t first, uint32_t more, safi_bytes message,
                                  gint64 deadline)
{
	SafiPacketResult result;
	uint32_t kind = first;

	do {
		Head head = {kind, (uint32_t)MIN(message.len, SAFI_PACKET_MOST)};
		struct iovec parts[] = {{&head, sizeof head}, {(void *)message.ptr, head.len}};
		struct msghdr packet = {.msg_iov = parts, .msg_iovlen = head.len ? 2 : 1};
		result = send_packet(to, &packet, deadline);
		message.ptr = head.len ? message.ptr + head.len : message.ptr;
		message.len -= head.len;
		kind = more;
	} while (result == SAFI_PACKET_GOOD && message.len);
	return result;
}

SafiPacketResult safi_packet_send_fd(int to, uint32_t kind, int fd, gint64 deadline)
{
	Head head = {kind, 0};
	struct iovec part = {&head, sizeof head};
	Control control = {0};
	struct msghdr packet = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes,
	                        .msg_controllen = sizeof control.bytes};
	struct cmsghdr *beside = CMSG_FIRSTHDR(&packet);

	beside->cmsg_level = SOL_SOCKET;
	beside->cmsg_type = SCM_RIGHTS;
	beside->cmsg_len = CMSG_LEN(sizeof fd);
	memcpy(CMSG_DATA(beside), &fd, sizeof fd);
	return send_packet(to, &packet, deadline);
}

static int descriptor_of(struct msghdr *packet)
{
	const struct cmsghdr *beside = CMSG_FIRSTHDR(packet);
	int fd = -1;

	if (beside && beside->cmsg_level == SOL_SOCKET && beside->cmsg_type == SCM_RIGHTS &&
	    beside->cmsg_len == CMSG_LEN(sizeof fd)) {
		memcpy(&fd, CMSG_DATA(beside), sizeof fd);
	}
	return fd;
}

/* fd NULL: what comes beside the packet is not wanted, and the kernel throws it away. */
static SafiPacketResult receive(int from, uint32_t *kind, SafiBuffer *into, int *fd,
                                gint64 deadline)
{
	Head head = {0};
	char *room = safi_buffer_room(into, SAFI_PACKET_MOST);
	struct iovec parts[] = {{&head, sizeof head}, {room, SAFI_PACKET_MOST}};
	Control control = {0};
	struct msghdr packet = {.msg_iov = parts, .msg_iovlen = 2};
	const int flags = MSG_CMSG_CLOEXEC | (deadline == G_MAXINT64 ? 0 : MSG_DONTWAIT);
	ssize_t got;

	if (fd) {
		*fd = -1;
		packet.msg_control = control.bytes;
		packet.msg_controllen = sizeof control.bytes;
	}
	if (!room) {
		return SAFI_PACKET_ENDED;
	}
	while ((got = recvmsg(from, &packet, flags)) < 0) {
		if (!may_retry()) {
			return SAFI_PACKET_ENDED;
		}
		if (!wait_for(from, POLLIN, deadline)) {
			return SAFI_PACKET_LATE;
		}
	}
	if (got == 0) {
		return SAFI_PACKET_ENDED;
	}
	if (got < (ssize_t)sizeof head || (packet.msg_flags & MSG_TRUNC) ||
	    head.len != (size_t)got - sizeof head) {
		return SAFI_PACKET_BAD;
	}
	*kind = head.kind;
	into->len += head.len;
	if (fd) {
		*fd = descriptor_of(&packet);
	}
	return SAFI_PACKET_GOOD;
}

SafiPacketResult safi_packet_receive(int from, uint32_t *kind, SafiBuffer *into, gint64 deadline)
{
	return receive(from, kind, into, NULL, deadline);
}

SafiPacketResult safi_packet_receive_fd(int from, uint32_t *kind, SafiBuffer *into, int *fd,
                                        gint64 deadline)
{
	return receive(from, kind, into, fd, deadline);
}
