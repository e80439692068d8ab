/* Chains of views that chance makes, each held to the law of provenance against a model of atoms.
 *
 * What chance is the caller says: a generator of random numbers, or the bytes of a fuzzer.  One
 * chain at a time: it lies in static memory. */
#pragma once

#include <stdint.h>

typedef struct ChainDice ChainDice;
struct ChainDice {
	/* A number below n, which is not 0. */
	uint32_t (*below)(ChainDice *dice, uint32_t n);
};

/* Makes a chain and holds it to the law; whatever is wrong aborts. */
void chain_run(ChainDice *dice);
