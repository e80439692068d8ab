#include "name.h"

#include "utf8.h"

#include <glib.h>

enum { SCANNED = 12 /* so many short names are compared faster than hashed */ };

/* Folded multiplication, 8 bytes at a time, as in Wang Yi's wyhash; keyed anew in each process,
 * since names come from hostile data too.  Nothing that is written depends on the order it
 * gives. */
static uint64_t secret;

static uint64_t fold(uint64_t a, uint64_t b)
{
	__extension__ unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint32_t hash_text(safi_text text)
{
	uint64_t hash = secret ^ text.len;

	for (; text.len > 0; text.ptr += 8, text.len -= MIN(text.len, 8)) {
		uint64_t word = 0;
		memcpy(&word, text.ptr, MIN(text.len, 8));
		hash = fold(hash ^ word, secret ^ 0xa0761d6478bd642fu);
	}
	return (uint32_t)(hash ^ hash >> 32);
}

static bool same_text(safi_text a, safi_text b)
{
	return a.len == b.len && memcmp(a.ptr, b.ptr, a.len) == 0;
}

/* --- interned --------------------------------------------------------------------------------- */

static GHashTable *interned;   /* safi_text * -> key */
static GPtrArray *interned_at; /* key - 1 -> safi_text * */

static guint text_hash(gconstpointer text)
{
	return hash_text(*(const safi_text *)text);
}

static gboolean text_equal(gconstpointer a, gconstpointer b)
{
	return same_text(*(const safi_text *)a, *(const safi_text *)b);
}

safi_key safi_name_find(safi_text name)
{
	return interned ? GPOINTER_TO_UINT(g_hash_table_lookup(interned, &name)) : 0;
}

safi_key safi_name_intern(const char *name)
{
	safi_text text = safi_str(name ? name : "");

	if (text.len == 0 || text.len > 255 || !g_utf8_validate_len(text.ptr, text.len, NULL)) {
		return 0;
	}
	if (!interned) {
		secret = ((uint64_t)g_random_int() << 32 | g_random_int()) | 1;
		interned = g_hash_table_new(text_hash, text_equal);
		interned_at = g_ptr_array_new();
	}
	safi_key key = safi_name_find(text);
	if (!key) {
		safi_text *kept = g_new(safi_text, 1);
		*kept = (safi_text){g_strdup(name), text.len};
		g_ptr_array_add(interned_at, kept);
		key = interned_at->len;
		g_hash_table_insert(interned, kept, GUINT_TO_POINTER(key));
	}
	return key;
}

safi_text safi_name_text(safi_key key)
{
	if (!interned || key == 0 || key > interned_at->len) {
		return (safi_text){NULL, 0};
	}
	return *(safi_text *)interned_at->pdata[key - 1];
}

uint32_t safi_name_count(void)
{
	return interned ? interned_at->len : 0;
}

/* --- of one record ---------------------------------------------------------------------------- */

static uint32_t *slot_of(const SafiNames *names, safi_text name)
{
	uint32_t mask = names->n_slots - 1;
	uint32_t at = hash_text(name) & mask;

	while (names->slots[at] && !same_text(names->texts[names->slots[at] - 1], name)) {
		at = (at + 1) & mask;
	}
	return &names->slots[at];
}

static uint32_t find_local(const SafiNames *names, safi_text name)
{
	if (names->n_slots) {
		return *slot_of(names, name);
	}
	for (uint32_t i = 0; i < names->n; i++) {
		if (same_text(names->texts[i], name)) {
			return i + 1;
		}
	}
	return 0;
}

/* Aliases have the same text and come later, so the first of equal names keeps its slot. */
static bool build_slots(SafiNames *names, SafiArena *arena)
{
	uint32_t n_slots = names->capacity * 2;
	uint32_t *slots = safi_arena_alloc(arena, n_slots * sizeof *slots);

	if (!slots) {
		return false;
	}
	memset(slots, 0, n_slots * sizeof *slots);
	names->slots = slots;
	names->n_slots = n_slots;
	for (uint32_t i = 0; i < names->n; i++) {
		uint32_t *slot = slot_of(names, names->texts[i]);
		if (!*slot) {
			*slot = i + 1;
		}
	}
	return true;
}

static bool grow(SafiNames *names, SafiArena *arena)
{
	uint32_t capacity = names->capacity ? names->capacity * 2 : 16;
	safi_text *texts = safi_arena_grow(arena, names->texts, names->n * sizeof *texts,
	                                   capacity * sizeof *texts);

	if (!texts) {
		return false;
	}
	names->texts = texts;
	names->capacity = capacity;
	return capacity <= SCANNED * 2 || build_slots(names, arena);
}

static safi_key add_local(SafiNames *names, SafiArena *arena, safi_text name)
{
	if (names->n == names->capacity && !grow(names, arena)) {
		return 0;
	}
	names->texts[names->n++] = name;
	return SAFI_KEY_LOCAL | names->n;
}

safi_key safi_names_key(SafiNames *names, SafiArena *arena, safi_text name)
{
	safi_key key = safi_name_find(name);

	if (key) {
		return key;
	}
	uint32_t found = find_local(names, name);
	if (found) {
		return SAFI_KEY_LOCAL | found;
	}
	if (safi_utf8_prefix((safi_bytes){(const uint8_t *)name.ptr, name.len}) < name.len) {
		return 0;
	}
	char *copy = safi_arena_copy(arena, name.ptr, name.len);
	return copy ? safi_names_add(names, arena, (safi_text){copy, name.len}) : 0;
}

safi_key safi_names_add(SafiNames *names, SafiArena *arena, safi_text name)
{
	const safi_key key = add_local(names, arena, name);

	if (key && names->n_slots) {
		uint32_t *slot = slot_of(names, name);
		*slot = *slot ? *slot : names->n;
	}
	return key;
}

safi_key safi_names_alias(SafiNames *names, SafiArena *arena, safi_text name)
{
	return add_local(names, arena, name);
}

safi_text safi_names_text(const SafiNames *names, safi_key key)
{
	uint32_t local = key & ~SAFI_KEY_LOCAL;

	if (!(key & SAFI_KEY_LOCAL)) {
		return safi_name_text(key);
	}
	return local && local <= names->n ? names->texts[local - 1] : (safi_text){NULL, 0};
}
