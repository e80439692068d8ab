/* Chains of views, held to the law of provenance; the bytes are the dice. */
#include "../unit/chains.h"
#include "fuzz.h"

typedef struct Bytes {
	ChainDice dice;
	safi_bytes left;
} Bytes;

static uint32_t next_byte(Bytes *bytes)
{
	if (bytes->left.len == 0) {
		return 0;
	}
	bytes->left.len--;
	return *bytes->left.ptr++;
}

static uint32_t below(ChainDice *dice, uint32_t n)
{
	Bytes *bytes = (Bytes *)dice;
	uint32_t number = next_byte(bytes);
	if (n > 256) {
		number += next_byte(bytes) << 8;
	}
	return number % n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Bytes bytes = { { below }, { data, size } };
	chain_run(&bytes.dice);
	return 0;
}
