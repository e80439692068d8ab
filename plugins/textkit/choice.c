#include "textkit/choice.h"

#include <stdlib.h>

static uint32_t count_items(const safi_host *host, const safi_config *config, const char *option)
{
	safi_text item;
	uint32_t n = 0;

	while (host->opt_item(config, option, n, &item)) {
		n++;
	}
	return n;
}

bool safi_choice_read(SafiChoice *choice, const safi_host *host, const safi_config *config,
                      const char *option)
{
	const uint32_t n = count_items(host, config, option);
	safi_text item;

	choice->all = !n && !host->opt_given(config, option);
	choice->keys = calloc(n + 1, sizeof *choice->keys);
	for (uint32_t i = 0; choice->keys && i < n; i++) {
		host->opt_item(config, option, i, &item);
		choice->keys[choice->n++] = host->key(item.ptr);
		if (!choice->keys[i]) {
			host->refuse(config, option, "a name has 1 to 255 bytes");
			return false;
		}
	}
	return choice->keys != NULL;
}

void safi_choice_clear(SafiChoice *choice)
{
	free(choice->keys);
	*choice = (SafiChoice){0};
}

bool safi_choice_has(const SafiChoice *choice, safi_key key)
{
	for (uint32_t i = 0; i < choice->n; i++) {
		if (choice->keys[i] == key) {
			return true;
		}
	}
	return choice->all;
}
