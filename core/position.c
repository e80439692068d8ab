#include "position.h"

#include <string.h>
#include <sys/stat.h>

static const char group[] = "input";

void safi_position_begin(SafiPosition *position, const char *path)
{
	struct stat file = {0};
	const int failed = stat(path, &file);
	g_autofree char *identity = g_strdup_printf(
		"%s\n%s\n%d %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GINT64_FORMAT ".%09ld\n",
		position->digest, path, failed, (gint64)file.st_ino, (gint64)file.st_size,
		(gint64)file.st_mtim.tv_sec, file.st_mtim.tv_nsec);
	g_autofree char *digest = g_compute_checksum_for_string(G_CHECKSUM_SHA256, identity, -1);

	position->inputs++;
	g_strlcpy(position->digest, digest, sizeof position->digest);
	position->records = position->offset = 0;
}

void safi_position_save(const SafiPosition *position, GKeyFile *file)
{
	g_key_file_set_uint64(file, group, "inputs", position->inputs);
	g_key_file_set_string(file, group, "digest", position->digest);
	g_key_file_set_uint64(file, group, "records", position->records);
	g_key_file_set_uint64(file, group, "offset", position->offset);
	g_key_file_set_uint64(file, group, "read", position->read);
	g_key_file_set_boolean(file, group, "failed", position->failed);
}

gboolean safi_position_load(SafiPosition *position, GKeyFile *file)
{
	g_autofree char *digest = g_key_file_get_string(file, group, "digest", NULL);

	*position = (SafiPosition){
		.inputs = g_key_file_get_uint64(file, group, "inputs", NULL),
		.records = g_key_file_get_uint64(file, group, "records", NULL),
		.offset = g_key_file_get_uint64(file, group, "offset", NULL),
		.read = g_key_file_get_uint64(file, group, "read", NULL),
		.failed = g_key_file_get_boolean(file, group, "failed", NULL),
	};
	return digest && g_strlcpy(position->digest, digest, sizeof position->digest) <
	                 sizeof position->digest;
}
