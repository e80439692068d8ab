#include "mapping.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static GHashTable *mapped; /* path -> safi_bytes * */

/* Zero pages first, the file over them: what lies behind its last page can be read too. */
static void *map_padded(int fd, size_t size)
{
	char *base = mmap(NULL, size + SAFI_PADDING, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (base != MAP_FAILED && size &&
	    mmap(base, size, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0) == MAP_FAILED) {
		munmap(base, size + SAFI_PADDING);
		return MAP_FAILED;
	}
	return base;
}

static bool map_file(const char *path, safi_bytes *bytes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat info;
	void *base = MAP_FAILED;

	if (fd >= 0 && fstat(fd, &info) == 0) {
		if (S_ISREG(info.st_mode)) {
			base = map_padded(fd, (size_t)info.st_size);
		} else {
			errno = EINVAL;
		}
	}
	int reason = errno;
	if (fd >= 0) {
		close(fd);
	}
	errno = reason;
	if (base == MAP_FAILED) {
		return false;
	}
	*bytes = (safi_bytes){base, (size_t)info.st_size};
	return true;
}

bool safi_mapping_get(const char *path, safi_bytes *bytes, GError **error)
{
	const safi_bytes *known = mapped ? g_hash_table_lookup(mapped, path) : NULL;

	if (known) {
		*bytes = *known;
		return true;
	}
	if (!map_file(path, bytes)) {
		g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(errno),
		            "cannot read %s: %s", path, g_strerror(errno));
		return false;
	}
	if (!mapped) {
		mapped = g_hash_table_new(g_str_hash, g_str_equal);
	}
	g_hash_table_insert(mapped, g_strdup(path), g_memdup2(bytes, sizeof *bytes));
	return true;
}

static gint compare_paths(gconstpointer a, gconstpointer b)
{
	return strcmp(a, b);
}

char *safi_mapping_digest(void)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	g_autoptr(GList) paths = mapped ? g_hash_table_get_keys(mapped) : NULL;

	paths = g_list_sort(paths, compare_paths);
	for (const GList *path = paths; path; path = path->next) {
		const safi_bytes *bytes = g_hash_table_lookup(mapped, path->data);
		g_checksum_update(sum, path->data, (gssize)strlen(path->data) + 1);
		g_checksum_update(sum, bytes->ptr, (gssize)bytes->len);
	}
	return g_strdup(g_checksum_get_string(sum));
}
