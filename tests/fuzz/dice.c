#include "dice.h"

uint32_t fuzz_dice_byte(FuzzDice *dice)
{
	if (dice->left.len == 0) {
		return 0;
	}
	dice->left.len--;
	return *dice->left.ptr++;
}

uint32_t fuzz_dice_below(FuzzDice *dice, uint32_t n)
{
	uint32_t number = fuzz_dice_byte(dice);
	if (n > 256) {
		number += fuzz_dice_byte(dice) << 8;
	}
	return number % n;
}

static uint32_t below(ChainDice *dice, uint32_t n)
{
	return fuzz_dice_below((FuzzDice *)dice, n);
}

FuzzDice fuzz_dice(const uint8_t *data, size_t size)
{
	return (FuzzDice){ { below }, { data, size } };
}
