/* The bytes of a fuzzer as dice (chains.h), so that what it changes in them changes what is
 * made. */
#pragma once

#include "safi.h"

#include "../unit/chains.h"

typedef struct FuzzDice {
	ChainDice dice;
	safi_bytes left; /* 0 for ever when there are none */
} FuzzDice;

FuzzDice fuzz_dice(const uint8_t *data, size_t size);
uint32_t fuzz_dice_byte(FuzzDice *dice);
/* A number below n, which is not 0. */
uint32_t fuzz_dice_below(FuzzDice *dice, uint32_t n);
