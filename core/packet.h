/* Messages of any length between two processes, over a pair of sockets that keeps packets apart
 * (SOCK_SEQPACKET): a message goes as a row of packets, each with its kind, so that who dies in the
 * middle of one leaves no half packet to his successor.
 *
 * Owns nothing.  Neither side waits beyond a deadline, in g_get_monotonic_time(); G_MAXINT64: it
 * waits for ever.  [any] */
#pragma once

#include "wire.h"

#include <glib.h>

enum {
	/* Bytes of a packet without its head: what a socket takes at once.  Each packet wakes the other
	 * side, which costs more than copying it. */
	SAFI_PACKET_MOST = 192 * 1024
};

typedef enum {
	SAFI_PACKET_GOOD,
	SAFI_PACKET_LATE,  /* the deadline has passed */
	SAFI_PACKET_ENDED, /* the other side is gone */
	SAFI_PACKET_BAD,   /* it has sent what is no packet */
} SafiPacketResult;

/* Both ends closed on exec.  False and errno when there is none. */
bool safi_packet_pair(int ends[2]);

/* `first` is the kind of the first packet, `more` of the others. */
SafiPacketResult safi_packet_send(int to, uint32_t first, uint32_t more, safi_bytes message,
                                  gint64 deadline);
/* One packet, to the end of the buffer. */
SafiPacketResult safi_packet_receive(int from, uint32_t *kind, SafiBuffer *into, gint64 deadline);

/* A packet with a descriptor beside it, and the like; *fd is -1 where there was none. */
SafiPacketResult safi_packet_send_fd(int to, uint32_t kind, int fd, gint64 deadline);
SafiPacketResult safi_packet_receive_fd(int from, uint32_t *kind, SafiBuffer *into, int *fd,
                                        gint64 deadline);
