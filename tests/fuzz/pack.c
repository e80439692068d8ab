/* Records as bytes, from a process that a plugin may have spoilt.
 *
 * The bytes are dice for a record and for what a stage does with it; what is left of them then goes
 * over what was packed, each with its place before it.  So the fuzzer starts at messages that are
 * good but for a few bytes.  Or, first of all, they are a message as they stand. */
#include "pack.h"

#include "../unit/sample.h"
#include "dice.h"
#include "fuzz.h"

static safi_bytes message_of(const SafiBuffer *buffer)
{
	return (safi_bytes){ (const uint8_t *)buffer->data, buffer->len };
}

/* Whether it was taken; what is refused has a reason and leaves a record that can be used. */
static bool take(safi_record *record, safi_bytes message, bool changes)
{
	const char *reason = NULL;
	bool good = changes ? safi_unpack_changes(record, message, &reason)
	                    : safi_unpack_record(record, message, &reason);
	fuzz_hold(good == (reason == NULL), "it is %s, and there is %s reason", good ? "good" : "bad",
	          reason ? "a" : "no");
	sample_same(record, record);
	return good;
}

/* What was taken goes on like any other record. */
static void hold_again(const safi_record *record)
{
	SafiBuffer buffer = { 0 };
	safi_record *again = safi_record_new();
	safi_pack_record(&buffer, record);
	fuzz_hold(take(again, message_of(&buffer), false), "what was unpacked cannot be packed");
	sample_same(record, again);
	safi_record_free(again);
	safi_buffer_clear(&buffer);
}

static void spoil(FuzzDice *bytes, SafiBuffer *message)
{
	while (bytes->left.len > 0) {
		uint32_t at = fuzz_dice_below(bytes, (uint32_t)message->len);
		message->data[at] = (char)fuzz_dice_byte(bytes);
	}
}

static void try_hostile(safi_bytes message)
{
	SafiBuffer aligned = { 0 };
	safi_record *record = safi_record_new();
	safi_buffer_add(&aligned, message.ptr, message.len);
	if (take(record, message_of(&aligned), false)) {
		hold_again(record);
	}
	safi_record_free(record);
	safi_buffer_clear(&aligned);
}

static void try_record(FuzzDice *bytes)
{
	SafiBuffer sent = { 0 }, back = { 0 };
	safi_record *here = safi_record_new(), *there = safi_record_new();
	sample_begin(&bytes->dice, here);
	sample_work(&bytes->dice, here, fuzz_dice_below(bytes, 32));
	here->reason = here->broken = (SafiReason){ 0 };
	safi_pack_record(&sent, here);
	fuzz_hold(take(there, message_of(&sent), false), "a record is refused");
	sample_same(here, there);
	SafiPackMark before = safi_pack_mark(there);
	sample_work(&bytes->dice, there, fuzz_dice_below(bytes, 32));
	safi_pack_changes(&back, there, before);
	bool whole = bytes->left.len == 0;
	if (fuzz_dice_byte(bytes) % 2) {
		safi_record_reset(here);
		spoil(bytes, &sent);
		take(here, message_of(&sent), false);
	}
	spoil(bytes, &back);
	bool good = take(here, message_of(&back), true);
	fuzz_hold(good || !whole, "changes are refused");
	if (whole) {
		sample_same(here, there);
	} else if (good) {
		hold_again(here);
	}
	safi_record_free(here);
	safi_record_free(there);
	safi_buffer_clear(&sent);
	safi_buffer_clear(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzDice bytes = fuzz_dice(data, size);
	try_hostile(bytes.left);
	try_record(&bytes);
	return 0;
}
