/* Chains of views, held to the law of provenance; the bytes are the dice. */
#include "dice.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FuzzDice bytes = fuzz_dice(data, size);
	chain_run(&bytes.dice);
	return 0;
}
