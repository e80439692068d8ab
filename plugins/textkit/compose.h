/* Canonical decomposition, order and composition: Unicode's NFC (UAX #15) for a few characters at a
 * time, by tables of its own.
 *
 * To normalise characters: split() each in turn, sort(), join().  What was add()ed instead is taken
 * as it is; where every added mark is known not to compose, add() and sort() are enough.
 *
 * A SafiCompose is a value that owns its array; init to {0}, reset by setting n to 0.  One thread
 * at a time.  Time is linear in the number of characters, memory a few times four bytes each. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Each character with its canonical combining class in the top byte. */
typedef struct SafiCompose {
	uint32_t *at;
	size_t n, capacity;
} SafiCompose;

#define SAFI_COMPOSE_POINT(c) ((c) & 0x1FFFFFu)
#define SAFI_COMPOSE_CLASS(c) ((c) >> 24)

void safi_compose_clear(SafiCompose *text); /* frees */

/* The canonical combining class: 0 for a starter. */
uint8_t safi_compose_class(uint32_t point);

/* What two characters compose to; 0 if they do not. */
uint32_t safi_compose_pair(uint32_t first, uint32_t second);

/* These are false only when out of memory. */
bool safi_compose_add(SafiCompose *text, uint32_t point);   /* the character itself */
bool safi_compose_split(SafiCompose *text, uint32_t point); /* what it decomposes into */
bool safi_compose_sort(SafiCompose *text);                  /* marks into canonical order */

void safi_compose_join(SafiCompose *text); /* of a sorted text, whatever composes */
