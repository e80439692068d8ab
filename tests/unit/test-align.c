/* The law of provenance (safi.h, safi_source), over random chains of changes against a naive model.
 *
 * SAFI_TEST_SEED and SAFI_TEST_CHAINS choose other chains than the usual 100,000.  A failure names
 * the seed of its chain: run that one alone with SAFI_TEST_CHAINS=1. */
#include "chains.h"
#include "law.h"

#include <glib.h>

typedef struct Random {
	ChainDice dice;
	uint64_t state;
} Random;

/* splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014). */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += 0x9E3779B97F4A7C15u;

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

static uint32_t below(ChainDice *dice, uint32_t n)
{
	return (uint32_t)(next_random(&((Random *)dice)->state) % n);
}

static uint64_t number_from(const char *variable, uint64_t fallback)
{
	const char *value = g_getenv(variable);

	return value ? g_ascii_strtoull(value, NULL, 10) : fallback;
}

static void the_law_holds_over_random_chains(void)
{
	const uint64_t seed = number_from("SAFI_TEST_SEED", 1);
	const uint64_t chains = number_from("SAFI_TEST_CHAINS", 100000);
	char about[64];

	g_test_message("seed %" G_GUINT64_FORMAT ", %" G_GUINT64_FORMAT " chains", seed, chains);
	law_about(about);
	for (uint64_t i = 0; i < chains; i++) {
		Random random = {{below}, seed + i};
		g_snprintf(about, sizeof about, "SAFI_TEST_SEED=%" G_GUINT64_FORMAT, seed + i);
		chain_run(&random.dice);
	}
	law_about("");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/align/a replay of the source is the text, over random chains of changes",
	                the_law_holds_over_random_chains);
	return g_test_run();
}
