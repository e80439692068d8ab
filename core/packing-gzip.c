#include "packing.h"

#include <isa-l/igzip_lib.h>
#include <stdlib.h>

/* A gzip file is members, one behind the other (RFC 1952, 2.2); zeros behind the last one are what
 * tapes and block devices pad with, which gzip(1) lets pass, too. */
typedef enum Phase { BETWEEN, HEADER, BODY, PADDING, FAILED } Phase;

typedef struct Gzip {
	struct inflate_state state;
	struct isal_gzip_header header; /* of which nothing is kept, but what is known of it so far */
	Phase phase;
	bool later;        /* a member has come to its end */
	const char *fault; /* why, when FAILED */
} Gzip;

static void *gzip_create(void)
{
	Gzip *gzip = malloc(sizeof *gzip);

	if (gzip) {
		isal_inflate_init(&gzip->state);
		gzip->phase = BETWEEN;
		gzip->later = false;
		gzip->fault = NULL;
	}
	return gzip;
}

static void fail(Gzip *gzip, const char *fault)
{
	gzip->phase = FAILED;
	gzip->fault = fault;
}

static const char *fault_of(const Gzip *gzip, int code)
{
	switch (code) {
	case ISAL_INVALID_WRAPPER:
		return gzip->later ? "are followed by something else" : "are damaged";
	case ISAL_UNSUPPORTED_METHOD:
		return "are packed by a method that is not known";
	case ISAL_INCORRECT_CHECKSUM:
		return "have a wrong checksum";
	default:
		return "are damaged";
	}
}

static void begin_member(Gzip *gzip, uint8_t first)
{
	if (gzip->later && first == 0) {
		gzip->phase = PADDING;
		return;
	}
	if (first != 0x1F) {
		fail(gzip, fault_of(gzip, ISAL_INVALID_WRAPPER));
		return;
	}
	isal_inflate_reset(&gzip->state);
	isal_gzip_header_init(&gzip->header);
	gzip->state.crc_flag = ISAL_GZIP_NO_HDR_VER;
	gzip->phase = HEADER;
}

static void read_header(Gzip *gzip)
{
	const int code = isal_read_gzip_header(&gzip->state, &gzip->header);

	if (code < 0) {
		fail(gzip, fault_of(gzip, code));
	} else if (code == ISAL_DECOMP_OK) {
		gzip->phase = BODY;
	}
}

static uint32_t min(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* What was unpacked and had no room. */
static uint32_t left(const Gzip *gzip)
{
	return (uint32_t)(gzip->state.tmp_out_valid - gzip->state.tmp_out_processed);
}

/* ISA-L counts a repeat before it looks whether there is anything to be repeated.  So at the end of
 * what it gives there may be as much, which is whatever was in memory. */
static void take_back(Gzip *gzip, int code, uint32_t put)
{
	if (code == ISAL_INVALID_LOOKBACK || code == ISAL_INVALID_SYMBOL) {
		const uint32_t kept = min(left(gzip), ISAL_DEF_MAX_MATCH);
		gzip->state.tmp_out_valid -= (int32_t)kept;
		gzip->state.avail_out += min(put, ISAL_DEF_MAX_MATCH - kept);
	}
}

/* After damage ISA-L gives no more of what it had no room for. */
static void drain(Gzip *gzip)
{
	struct inflate_state *state = &gzip->state;
	const uint32_t len = min(left(gzip), state->avail_out);

	memcpy(state->next_out, state->tmp_out_buffer + state->tmp_out_processed, len);
	state->tmp_out_processed += (int32_t)len;
	state->avail_out -= len;
}

static void read_body(Gzip *gzip)
{
	const uint32_t room = gzip->state.avail_out;
	const int code = isal_inflate(&gzip->state);

	if (code < 0) {
		take_back(gzip, code, room - gzip->state.avail_out);
		fail(gzip, fault_of(gzip, code));
	} else if (gzip->state.block_state == ISAL_BLOCK_FINISH) {
		gzip->phase = BETWEEN;
		gzip->later = true;
	}
}

static void read_padding(Gzip *gzip)
{
	while (gzip->state.avail_in && *gzip->state.next_in == 0) {
		gzip->state.next_in++;
		gzip->state.avail_in--;
	}
	if (gzip->state.avail_in) {
		fail(gzip, fault_of(gzip, ISAL_INVALID_WRAPPER));
	}
}

static SafiUnpacked gzip_step(void *self, safi_bytes in, uint8_t *out, size_t room)
{
	Gzip *gzip = self;
	struct inflate_state *state = &gzip->state;
	const uint32_t len = (uint32_t)(in.len < INT32_MAX ? in.len : INT32_MAX);
	const uint32_t most = (uint32_t)(room < INT32_MAX ? room : INT32_MAX);

	state->next_in = (uint8_t *)in.ptr; /* only read */
	state->avail_in = len;
	state->next_out = out;
	state->avail_out = most;
	if (gzip->phase == BETWEEN && len) {
		begin_member(gzip, *in.ptr);
	}
	if (gzip->phase == HEADER) {
		read_header(gzip);
	} else if (gzip->phase == BODY) {
		read_body(gzip);
	} else if (gzip->phase == PADDING) {
		read_padding(gzip);
	}
	if (gzip->phase == FAILED) {
		drain(gzip);
	}
	return (SafiUnpacked){len - state->avail_in, most - state->avail_out,
	                      left(gzip) ? NULL : gzip->fault};
}

static bool gzip_is_whole(const void *self)
{
	const Gzip *gzip = self;

	return gzip->phase == BETWEEN || gzip->phase == PADDING;
}

const SafiPacking safi_packing_gzip = {"gzip", gzip_create, free, gzip_step, gzip_is_whole};
